import { headerValue, type HttpResponse, withoutHeaders } from '../../http/message.ts'
import type { WebRequest } from './web-request.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** As many as fetch follows. */
const MOST = 20

const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
])
const OF_THE_ORIGIN: ReadonlySet<string> = new Set(['authorization', 'cookie', 'host', 'proxy-authorization'])

/**
 * Where an answer sends its client, as the fetch standard has it; undefined when the
 * answer is for the client itself.
 * @param count redirects followed before this one
 * @throws TypeError where fetch fails
 */
export function redirected(asked: WebRequest, answer: HttpResponse, count: number): WebRequest | undefined {
  if (!REDIRECTS.has(answer.status) || asked.redirect === 'manual') return undefined
  if (asked.redirect === 'error') throw failed(`unexpected redirect from ${asked.url.href}`)
  const location = headerValue(answer.headers, 'location')
  if (location === undefined) return undefined
  if (count >= MOST) throw failed(`redirect count exceeded: more than ${MOST}, the last to ${location}`)
  const url = URL.canParse(location, asked.url.href) ? new URL(location, asked.url) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw failed(`a redirect to '${location}', which is no HTTP URL`)
  if (answer.status !== 303 && asked.body?.streamed === true)
    throw failed('a redirect of a request whose body is a stream, which can be sent once')
  const moved = { ...asked, url }
  const bodiless = becomesGet(answer.status, asked.method)
    ? { ...moved, method: 'GET', body: undefined, headers: withoutHeaders(asked.headers, OF_THE_BODY) }
    : moved
  return url.origin === asked.url.origin
    ? bodiless
    : { ...bodiless, headers: withoutHeaders(bodiless.headers, OF_THE_ORIGIN) }
}

function becomesGet(status: number, method: string): boolean {
  return status === 303 ? method !== 'GET' && method !== 'HEAD' : status <= 302 && method === 'POST'
}

/** How fetch reports that it got no answer. */
export function failed(reason: unknown): TypeError {
  return new TypeError('fetch failed', { cause: typeof reason === 'string' ? new Error(reason) : reason })
}
