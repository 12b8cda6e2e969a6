import type { Headers } from '../../http/message.ts'
import { type WebBody, webBody } from './web-body.ts'

/** The arguments of a fetch call, read as the fetch standard reads them. */
export interface WebRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: WebBody | undefined
  readonly redirect: NonNullable<RequestInit['redirect']>
  readonly signal: AbortSignal | undefined
}

/** A Request of any realm. */
type RequestLike = Pick<
  Request,
  'url' | 'method' | 'headers' | 'body' | 'redirect' | 'signal' | 'bodyUsed' | 'arrayBuffer'
>

/**
 * Reads the arguments of a fetch call. Node's own `Request` would refuse the signals, forms
 * and requests of other realms, such as jsdom, happy-dom or an iframe.
 * @throws TypeError where fetch does
 */
export function readFetch(input: unknown, init: RequestInit = {}): WebRequest {
  const from = isRequest(input) ? input : undefined
  const url = new URL(from?.url ?? String(input))
  if (url.username !== '' || url.password !== '')
    throw new TypeError(`a request must not have credentials in its URL: ${url.origin}`)
  const method = methodOf(init.method ?? from?.method ?? 'GET')
  const body = bodyOf(init, from)
  if (body !== undefined && (method === 'GET' || method === 'HEAD'))
    throw new TypeError(`a request with the method ${method} cannot have a body`)
  const headers = headersOf(init.headers ?? from?.headers ?? [])
  if (body?.type !== undefined && !headers.some(([name]) => name === 'content-type'))
    headers.push(['content-type', body.type])
  return {
    url,
    method,
    headers,
    body,
    redirect: init.redirect ?? from?.redirect ?? 'follow',
    // `signal: null` removes the request's own signal.
    signal: (init.signal === undefined ? from?.signal : init.signal) ?? undefined,
  }
}

function isRequest(input: unknown): input is RequestLike {
  return (
    typeof input === 'object' && input !== null && 'url' in input && 'method' in input && 'headers' in input
  )
}

function bodyOf(init: RequestInit, from: RequestLike | undefined): WebBody | undefined {
  if (init.body !== undefined && init.body !== null) {
    const body = webBody(init.body)
    if (body.streamed && init.duplex !== 'half')
      throw new TypeError("a stream as the body of a request needs the option duplex: 'half'")
    return body
  }
  if (from === undefined || from.body === null || init.body === null) return undefined
  if (from.bodyUsed) throw new TypeError("the request's body has already been read")
  // The request's headers already have the type.
  return { type: undefined, streamed: false, read: readingOnce(from.body) }
}

/** A redirect may need the body again, and a Request's can be read once: a small one is remembered. */
function readingOnce(body: ReadableStream<Uint8Array>): WebBody['read'] {
  let reading: ReturnType<WebBody['read']> | undefined
  return async (signal) => {
    const isFirst = reading === undefined
    const read = await (reading ??= webBody(body).read(signal))
    if (isFirst || ArrayBuffer.isView(read)) return read
    throw new TypeError('the large body of this Request was streamed, and cannot be sent again')
  }
}

const METHOD = /^[!#$%&'*+\-.^`|~\w]+$/
const NORMALIZED: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

function methodOf(method: string): string {
  const upper = method.toUpperCase()
  if (!METHOD.test(method) || FORBIDDEN.has(upper))
    throw new TypeError(`'${method}' is not a method that fetch can use`)
  return NORMALIZED.has(upper) ? upper : method
}

const VALUE = /^[^\0\r\n\u0100-\uffff]*$/

function headersOf(init: unknown): [string, string][] {
  const pairs =
    Symbol.iterator in (init as object)
      ? [...(init as Iterable<[unknown, unknown]>)]
      : Object.entries(init as object)
  return pairs.map(([name, value]) => {
    const [lower, text] = [String(name).toLowerCase(), String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')]
    if (!METHOD.test(lower)) throw new TypeError(`'${lower}' is not a valid header name`)
    if (!VALUE.test(text)) throw new TypeError(`the header '${lower}' has an invalid value`)
    return [lower, text]
  })
}
