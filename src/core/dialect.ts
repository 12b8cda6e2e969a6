import type { RecordedRequest, RecordedResponse } from './cassette.ts'
import type { Headers, HttpRequest, HttpResponse } from './http.ts'
import type { Difference } from './json-diff.ts'
import type { Showing } from './usage.ts'

/** All that the engine must know about the API it records, and does not know itself. */
export interface Dialect {
  readonly defaultUpstream: string
  /** Request headers that change what an answer means, and so count in matching. */
  readonly meaningfulHeaders: ReadonlySet<string>
  /** Whether nothing of weight follows this event, so that a client may well leave here. */
  isFinalEvent(event: { readonly name?: string; readonly data?: string }): boolean
  /** The request's headers, with this key where the client has none of its own. */
  authorize(headers: Headers, key: string): Headers
  /** Headers that keep a client from sleeping before it asks again. */
  waitHints(method: string, status: number, headers: Headers): Headers
  /**
   * The answer to a request that is no part of what a test is about: telemetry, which
   * differs from run to run. Undefined for all others.
   */
  aside(request: Pick<HttpRequest, 'method' | 'target'>): HttpResponse | undefined
  /** An error in the API's own shape. */
  error(status: number, code: string, message: string): HttpResponse
  /** What an answer shows of the use of models: nothing where none was asked. */
  showings(request: RecordedRequest, response: RecordedResponse): readonly Showing[]
  /** A request in a few words, for a person to know it by; empty when there are none. */
  gist(request: RecordedRequest): string
  /** What explains all the differences to a recorded request with this response, and what would help. */
  advise(differences: readonly Difference[], response: RecordedResponse): string | undefined
}
