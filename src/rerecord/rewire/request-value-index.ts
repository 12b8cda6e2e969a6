import type { RewireRules, ValueKind } from '../../api/rewire.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import { LONG_TEXT, requestValues, WIDE_WORD, WORD } from './request-values.ts'

/** Finds the first and last request of a chain that contains a value. */
export class RequestValueIndex {
  readonly #words = new Map<string, Span>()
  readonly #entireStrings = new Map<string, Span>()
  readonly #idFields = new Map<string, Span>()
  readonly #modelOutput = new Map<string, Span>()

  constructor(requests: readonly RecordedRequest[], rules: RewireRules) {
    for (const [n, request] of requests.entries()) {
      for (const { text, isIdField, isModelOutput } of requestValues(request, rules)) {
        extend(this.#entireStrings, text, n)
        if (isIdField) extend(this.#idFields, text, n)
        if (isModelOutput || text.length >= LONG_TEXT) extend(this.#modelOutput, text, n)
        for (const pattern of [WORD, WIDE_WORD])
          for (const [word] of text.matchAll(pattern)) extend(this.#words, word, n)
      }
    }
  }

  /** The first request that contains the value anywhere; Infinity if there is none. */
  first(value: string): number {
    return Math.min(
      this.#words.get(value)?.first ?? Infinity,
      this.#entireStrings.get(value)?.first ?? Infinity,
    )
  }

  /** The last request that contains the value in a place where this kind of value can come from a response; -1 if there is none. */
  last(value: string, kind: ValueKind): number {
    if (kind === 'name') return lastIn(this.#idFields, value)
    if (kind === 'text') return lastIn(this.#modelOutput, value)
    return Math.max(lastIn(this.#words, value), this.lastAsEntireString(value))
  }

  /** The last request that contains the value as an entire string, not as a word in a longer one; -1 if there is none. */
  lastAsEntireString(value: string): number {
    return lastIn(this.#entireStrings, value)
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
