import type { EmbeddingCreateParams } from 'openai/resources/embeddings'
import { type Answer, lines } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { bytesOf, digest } from './ids.ts'
import { resolveModel } from './models.ts'
import { countTokens } from './words.ts'

export function embeddings(asked: Asked): Answer {
  const params = jsonOf<EmbeddingCreateParams>(asked)
  const model = resolveModel(params.model)
  const inputs = inputsOf(params.input)
  const size = params.dimensions ?? (model === 'text-embedding-3-large' ? 3072 : 1536)
  const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0)
  return lines({
    object: 'list',
    data: inputs.map((text, index) => {
      const vector = vectorOf(model, text, size)
      return {
        object: 'embedding',
        index,
        embedding: params.encoding_format === 'base64' ? base64(vector) : rounded(vector),
      }
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  })
}

function inputsOf(input: EmbeddingCreateParams['input']): string[] {
  if (typeof input === 'string') return [input]
  if (input.every((each) => typeof each === 'number')) return [input.join(' ')]
  return input.map((each) => (typeof each === 'string' ? each : each.join(' ')))
}

/** Texts on the same subject are near to each other. */
const SUBJECTS: Readonly<Record<string, RegExp>> = {
  weather: /\b(?:weather|rain\w*|snow\w*|wet)\b/i,
  recording: /\b(?:cassettes?|tapes?|record\w*)\b/i,
}

/** How much of a vector is the text's own. */
const OWN = 0.8

/** A vector of length 1. */
function vectorOf(model: string, text: string, size: number): Float32Array {
  const subjects = Object.keys(SUBJECTS).filter((name) => SUBJECTS[name]?.test(text))
  const own = noise(`${model}/${text}`, size).map((value) => value * OWN)
  const about = subjects.map((name) => noise(`${model}/subject/${name}`, size))
  return unit(about.reduce((sum, vector) => sum.map((value, i) => value + (vector[i] ?? 0)), own))
}

function noise(seed: string, size: number): Float32Array {
  const bytes = bytesOf(digest(seed), size * 2)
  return unit(Float32Array.from({ length: size }, (_, i) => bytes.readInt16LE(i * 2) / 32_768))
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

function rounded(vector: Float32Array): number[] {
  return Array.from(vector, (value) => Number(value.toPrecision(8)))
}

function base64(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString('base64')
}
