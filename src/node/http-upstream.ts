import { Readable } from 'node:stream'
import { setImmediate as realSetImmediate } from 'node:timers'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request as send } from 'undici'
import {
  CONNECTION_HEADERS,
  headerPairs,
  headerValue,
  type OutgoingRequest,
  withoutHeaders,
} from '../http/message.ts'
import type { Env } from '../engine/modes.ts'
import type { Connected, Upstream, UpstreamResponse } from '../engine/ports.ts'
import { codings, decode } from './decode.ts'
import { proxiesOf } from './proxies.ts'
import { noAnswerError } from './no-answer-error.ts'

/** Our own headers and those of the connection are not forwarded. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  ...CONNECTION_HEADERS,
  'expect',
  'host',
  'x-vcr-cassette',
  'x-vcr-session',
])

const CONTENT_ENCODING: ReadonlySet<string> = new Set(['content-encoding'])

/** The real API over HTTP. */
export class HttpUpstream implements Upstream {
  /** Created when needed, so that a replay does not fail on an invalid proxy. */
  #dispatcher: Dispatcher | undefined
  /** For fake timers: undici waits for a `setImmediate` before it reuses a connection, which then never comes. */
  #withoutReuse: Dispatcher | undefined

  async send(base: string, request: OutgoingRequest, signal: AbortSignal): Promise<UpstreamResponse> {
    const url = base.replace(/\/+$/, '') + request.target
    const dispatcher = this.#dispatcherNow()
    try {
      const answer = await send(url, {
        method: request.method as 'GET',
        headers: [...withoutHeaders(request.headers, NOT_FORWARDED).flat(), ...lengthOf(request.body)],
        body: sendable(request.body),
        dispatcher,
        responseHeaders: 'raw',
        signal,
      })
      const raw = answer.headers as unknown as readonly (string | Buffer)[]
      const headers = headerPairs(raw.map(latin1))
      const applied = codings(headerValue(headers, 'content-encoding'))
      // A body in an unknown coding is passed on and recorded as it is, with its header.
      if (applied === undefined) return { status: answer.statusCode, headers, body: answer.body }
      return {
        status: answer.statusCode,
        headers: withoutHeaders(headers, CONTENT_ENCODING),
        body: applied.length === 0 ? answer.body : decode(answer.body, applied),
      }
    } catch (error) {
      throw noAnswerError(base, error, dispatcher instanceof EnvHttpProxyAgent)
    }
  }

  #dispatcherNow(): Dispatcher {
    if (globalThis.setImmediate === realSetImmediate) return (this.#dispatcher ??= dispatcherFor(process.env))
    return (this.#withoutReuse ??= dispatcherFor(process.env, { pipelining: 0 }))
  }

  async connect(...args: Parameters<Upstream['connect']>): Promise<Connected> {
    // Loaded late, as most runs open no WebSocket.
    const { connectSocket } = await import('./socket-upstream.ts')
    return connectSocket(...args)
  }

  async close(): Promise<void> {
    await Promise.all([this.#dispatcher?.destroy(), this.#withoutReuse?.destroy()])
  }
}

/** No time-outs: a model may think for as long as it likes, and the client has a time-out of its own. */
const PATIENT = { headersTimeout: 0, bodyTimeout: 0 }

/**
 * Connects to the upstream, through the proxies that HTTPS_PROXY and HTTP_PROXY name, except for the
 * hosts in NO_PROXY.
 * @param options.pipelining 0 for connections that are used once
 * @throws UsageError for a proxy that is no URL
 */
function dispatcherFor(env: Env, options: { readonly pipelining?: number } = {}): Dispatcher {
  const proxies = proxiesOf(env)
  if (proxies === undefined) return new Agent({ ...PATIENT, ...options })
  return new EnvHttpProxyAgent({
    ...PATIENT,
    ...options,
    httpsProxy: proxies.https,
    httpProxy: proxies.http,
    noProxy: proxies.none,
  })
}

/** The length of a body that is sent in pieces, which would otherwise be sent chunked. */
function lengthOf(body: OutgoingRequest['body']): string[] {
  return ArrayBuffer.isView(body) ? [] : ['content-length', String(body.size)]
}

function sendable(body: OutgoingRequest['body']): Uint8Array | Readable | null {
  if (!ArrayBuffer.isView(body)) return Readable.from(body.read(), { objectMode: false })
  return body.length === 0 ? null : body
}

/** undici may give a name or a value as bytes. */
function latin1(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}
