import type { LargeBody } from './large.ts'

/**
 * The HTTP messages that adapters and the engine exchange. The Request and Response of
 * the Fetch standard do not fit: they lose the order of repeated headers and the exact
 * bytes of bodies, and a cassette stores both (docs/decisions/0002).
 */

/** Header pairs in wire order; a repeated header is repeated. Names are lower case. */
export type Headers = readonly (readonly [name: string, value: string])[]

export interface HttpRequest {
  readonly method: string
  /** Path and query exactly as sent, relative to the upstream: `/v1/files?limit=2`. */
  readonly target: string
  readonly headers: Headers
  readonly body: Uint8Array
  /** The origin that the client sent the request to, if the adapter knows it: `https://api.openai.com`. */
  readonly origin?: string
}

/** A request as it is sent to the upstream. */
export interface OutgoingRequest extends Omit<HttpRequest, 'body'> {
  readonly body: Uint8Array | LargeBody
}

/** A request as an adapter passes it to the engine. A large body may still be arriving. */
export interface IncomingRequest extends Omit<HttpRequest, 'body'> {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  /**
   * The entire body, a list of its pieces, or a stream of pieces.
   * A stream that throws means that the connection broke.
   */
  readonly body: Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>
}

/** Pairs up raw headers, a list that alternates names and values. */
export function headerPairs(raw: readonly string[]): Headers {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2)
    headers.push([(raw[i] as string).toLowerCase(), raw[i + 1] as string])
  return headers
}

/** The values of a header, joined with commas; undefined when it is absent. */
export function headerValue(headers: Headers, name: string): string | undefined {
  let joined: string | undefined
  for (const [key, value] of headers) {
    if (key === name) joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

export function withoutHeaders(headers: Headers, names: ReadonlySet<string>): Headers {
  return headers.filter(([name]) => !names.has(name))
}

/**
 * Headers that belong to one connection; they are never recorded. `content-encoding` is not among them:
 * the upstream port decodes bodies and removes it.
 */
export const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Splits a target into its path and its query. The query does not include the question mark. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

/** Decodes a part of a URL. Text with an invalid escape stays as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
