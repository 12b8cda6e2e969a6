import type { ModerationCreateParams, ModerationCreateResponse } from 'openai/resources/moderations'
import { type Answer, lines } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { bytesOf, digest, hex } from './ids.ts'
import { resolveModel } from './models.ts'

const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'sexual',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm/intent',
  'self-harm/instructions',
  'self-harm',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const

type Result = ModerationCreateResponse['results'][number]

export function moderations(asked: Asked): Answer {
  const params = jsonOf<ModerationCreateParams>(asked)
  const model = resolveModel(params.model ?? 'omni-moderation-latest')
  const inputs = typeof params.input === 'string' ? [params.input] : params.input
  const results = inputs.map((input) => resultOf(typeof input === 'string' ? input : JSON.stringify(input)))
  return lines({ id: `modr-${hex(asked.seed, 24)}`, model, results } satisfies ModerationCreateResponse)
}

function resultOf(text: string): Result {
  const violent = /\b(?:hurt|kill|fight)\b/i.test(text)
  const isFlagged = (name: string): boolean => violent && name === 'violence'
  return {
    flagged: violent,
    categories: byCategory(isFlagged) as unknown as Result['categories'],
    category_scores: byCategory((name) =>
      scoreOf(text, name, isFlagged(name)),
    ) as unknown as Result['category_scores'],
    category_applied_input_types: byCategory(() => [
      'text',
    ]) as unknown as Result['category_applied_input_types'],
  }
}

function byCategory<T>(value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(CATEGORIES.map((name) => [name, value(name)]))
}

/** Scores have as many digits as a double: to print them again is to risk the last one. */
function scoreOf(text: string, name: string, high: boolean): number {
  const share = (bytesOf(digest(text, name), 6).readUIntBE(0, 6) + 1) / 2 ** 48
  return high ? 0.9 + share / 10 : share / 5_000
}
