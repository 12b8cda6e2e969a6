import type { Headers, HttpResponse } from './http.ts'

/** All that the engine must know about the API it records, and does not know itself. */
export interface Dialect {
  readonly defaultUpstream: string
  /** Request headers that change what an answer means, and so count in matching. */
  readonly meaningfulHeaders: ReadonlySet<string>
  /** Whether nothing of weight follows this event, so that a client may well leave here. */
  isFinalEvent(event: { readonly name?: string; readonly data?: string }): boolean
  /** Headers that keep a client from sleeping before it asks again. */
  waitHints(method: string, status: number, headers: Headers): Headers
  /** An error in the API's own shape. */
  error(status: number, code: string, message: string): HttpResponse
}
