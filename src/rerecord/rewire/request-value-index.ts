import type { RewireRules, ValueKind } from '../../api/rewire.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import { LONG_TEXT, requestValues, WIDE_WORD, WORD } from './request-values.ts'

/** The first and the last request of a chain that carries a value. */
export class RequestValueIndex {
  readonly #words = new Map<string, Span>()
  readonly #whole = new Map<string, Span>()
  readonly #idFields = new Map<string, Span>()
  readonly #modelOutput = new Map<string, Span>()

  constructor(requests: readonly RecordedRequest[], rules: RewireRules) {
    for (const [n, request] of requests.entries()) {
      for (const { text, isIdField, isModelOutput } of requestValues(request, rules)) {
        extend(this.#whole, text, n)
        if (isIdField) extend(this.#idFields, text, n)
        if (isModelOutput || text.length >= LONG_TEXT) extend(this.#modelOutput, text, n)
        for (const pattern of [WORD, WIDE_WORD])
          for (const [word] of text.matchAll(pattern)) extend(this.#words, word, n)
      }
    }
  }

  /** The first request that carries it, anywhere; Infinity for none. */
  first(value: string): number {
    return Math.min(this.#words.get(value)?.first ?? Infinity, this.#whole.get(value)?.first ?? Infinity)
  }

  /** The last request that carries it where a value of this kind can come from an answer; -1 for none. */
  last(value: string, kind: ValueKind): number {
    if (kind === 'name') return lastIn(this.#idFields, value)
    if (kind === 'text') return lastIn(this.#modelOutput, value)
    return Math.max(lastIn(this.#words, value), this.lastWhole(value))
  }

  /** The last request in which it is a whole string, and no word of a longer one; -1 for none. */
  lastWhole(value: string): number {
    return lastIn(this.#whole, value)
  }
}

interface Span {
  readonly first: number
  readonly last: number
}

function extend(spans: Map<string, Span>, value: string, n: number): void {
  spans.set(value, { first: spans.get(value)?.first ?? n, last: n })
}

function lastIn(spans: ReadonlyMap<string, Span>, value: string): number {
  return spans.get(value)?.last ?? -1
}
