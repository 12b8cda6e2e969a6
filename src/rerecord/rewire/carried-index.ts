import type { RecordedRequest } from '../../cassette/cassette.ts'
import { carriedBy } from './carried.ts'
import { type Kind, WIDE_WORD, WORD } from './kinds.ts'

/** A shorter text may be one of the user's own by chance, in characters. */
export const LONG = 24

/** Where in a chain values are first and last carried, by request. */
export class CarriedIndex {
  readonly #words = new Map<string, Span>()
  readonly #whole = new Map<string, Span>()
  readonly #idPlaces = new Map<string, Span>()
  readonly #answers = new Map<string, Span>()

  constructor(requests: readonly RecordedRequest[]) {
    for (const [n, request] of requests.entries()) {
      for (const { text, isIdPlace, isAnswer } of carriedBy(request)) {
        note(this.#whole, text, n)
        if (isIdPlace) note(this.#idPlaces, text, n)
        if (isAnswer || text.length >= LONG) note(this.#answers, text, n)
        for (const pattern of [WORD, WIDE_WORD])
          for (const [word] of text.matchAll(pattern)) note(this.#words, word, n)
      }
    }
  }

  /** The first request that carries it, anywhere; Infinity for none. */
  first(value: string): number {
    return Math.min(this.#words.get(value)?.first ?? Infinity, this.#whole.get(value)?.first ?? Infinity)
  }

  /** The last request that carries it where a value of this kind can come from an answer; -1 for none. */
  last(value: string, kind: Kind): number {
    if (kind === 'name') return lastIn(this.#idPlaces, value)
    if (kind === 'text') return lastIn(this.#answers, value)
    return Math.max(lastIn(this.#words, value), this.lastWhole(value))
  }

  /** The last request in which it is all that stands somewhere, and no word of a text. */
  lastWhole(value: string): number {
    return lastIn(this.#whole, value)
  }
}

interface Span {
  readonly first: number
  readonly last: number
}

function note(spans: Map<string, Span>, value: string, n: number): void {
  spans.set(value, { first: spans.get(value)?.first ?? n, last: n })
}

function lastIn(spans: ReadonlyMap<string, Span>, value: string): number {
  return spans.get(value)?.last ?? -1
}
