import { headerValue, type HttpResponse, withoutHeaders } from '../../http/message.ts'
import type { WebRequest } from './web-request.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** As the fetch standard has it. */
const MAX_REDIRECTS = 20

const BODY_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
])
const ORIGIN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'host',
  'proxy-authorization',
])

/**
 * The request that follows a redirect, by the fetch standard; undefined when the response is
 * no redirect to follow.
 * @param count redirects followed before this one
 * @throws TypeError where fetch fails
 */
export function redirected(request: WebRequest, answer: HttpResponse, count: number): WebRequest | undefined {
  if (!REDIRECTS.has(answer.status) || request.redirect === 'manual') return undefined
  if (request.redirect === 'error') throw failed(`unexpected redirect from ${request.url.href}`)
  const location = headerValue(answer.headers, 'location')
  if (location === undefined) return undefined
  if (count >= MAX_REDIRECTS)
    throw failed(`redirect count exceeded: more than ${MAX_REDIRECTS}, the last to ${location}`)
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw failed(`redirect to '${location}', which is not an HTTP URL`)
  if (answer.status !== 303 && request.body?.streamed === true)
    throw failed('redirect of a request whose body is a stream, which can only be sent once')
  const moved = { ...request, url }
  const next = becomesGet(answer.status, request.method)
    ? { ...moved, method: 'GET', body: undefined, headers: withoutHeaders(request.headers, BODY_HEADERS) }
    : moved
  return url.origin === request.url.origin
    ? next
    : { ...next, headers: withoutHeaders(next.headers, ORIGIN_HEADERS) }
}

function becomesGet(status: number, method: string): boolean {
  return status === 303 ? method !== 'GET' && method !== 'HEAD' : status <= 302 && method === 'POST'
}

/** The error with which fetch reports that it got no response. */
export function failed(reason: unknown): TypeError {
  return new TypeError('fetch failed', { cause: typeof reason === 'string' ? new Error(reason) : reason })
}
