import { createRequire } from 'node:module'
import type * as lite from 'js-tiktoken/lite'
import type { Encoding } from '../api/usage.ts'
import type { Tokenizer } from '../engine/ports.ts'

const require = createRequire(import.meta.url)

/** Loaded on demand: a vocabulary takes half a second and 70 MB. */
const loaded = new Map<Encoding, lite.Tiktoken>()

/** OpenAI's vocabularies from the npm package js-tiktoken. Nothing is fetched. */
export const tiktoken: Tokenizer = {
  count(text, encoding) {
    const known = loaded.get(encoding) ?? load(encoding)
    // The empty lists make special tokens in the text count as plain text.
    return splitLongRuns(text).reduce((sum, piece) => sum + known.encode(piece, [], []).length, 0)
  },
}

function load(encoding: Encoding): lite.Tiktoken {
  const { Tiktoken } = require('js-tiktoken/lite') as typeof lite
  const vocabulary = new Tiktoken(require(`js-tiktoken/ranks/${encoding}`) as lite.TiktokenBPE)
  loaded.set(encoding, vocabulary)
  return vocabulary
}

/** Encoding time is quadratic in the length of a run of letters or symbols, such as base64 or a line of dashes. */
const LONG_RUN = /[\p{L}\p{M}]{100}|[^\s\p{L}\p{M}\p{N}]{100}|\s{100}/gu

function splitLongRuns(text: string): readonly string[] {
  const cuts = [...text.matchAll(LONG_RUN)].map(({ index, 0: run }) => index + run.length)
  return [0, ...cuts].map((from, i) => text.slice(from, cuts[i]))
}
