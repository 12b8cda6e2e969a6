import { createRequire } from 'node:module'
import type * as lite from 'js-tiktoken/lite'
import type { Encoding } from '../api/usage.ts'
import type { Tokenizer } from '../engine/ports.ts'

const require = createRequire(import.meta.url)

/** A vocabulary takes half a second and 70 MB: it is loaded by whoever has something to estimate, and by nobody else. */
const loaded = new Map<Encoding, lite.Tiktoken>()

/** OpenAI's own vocabularies, which come with the package: nothing is fetched. */
export const tiktoken: Tokenizer = {
  count(text, encoding) {
    const known = loaded.get(encoding) ?? load(encoding)
    // What looks like a special token is text in what a user says.
    return cutIn(text).reduce((sum, piece) => sum + known.encode(piece, [], []).length, 0)
  },
}

function load(encoding: Encoding): lite.Tiktoken {
  const { Tiktoken } = require('js-tiktoken/lite') as typeof lite
  const vocabulary = new Tiktoken(require(`js-tiktoken/ranks/${encoding}`) as lite.TiktokenBPE)
  loaded.set(encoding, vocabulary)
  return vocabulary
}

/** Longer runs of letters, or of signs, take the square of their length: what is encoded, say, or a ruled line. */
const LONG_RUN = /[\p{L}\p{M}]{100}|[^\s\p{L}\p{M}\p{N}]{100}|\s{100}/gu

function cutIn(text: string): readonly string[] {
  const cuts = [...text.matchAll(LONG_RUN)].map(({ index, 0: run }) => index + run.length)
  return [0, ...cuts].map((from, i) => text.slice(from, cuts[i]))
}
