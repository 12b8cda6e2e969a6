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
  /** Created on demand, so that a replay does not fail because of an invalid proxy. */
  #dispatcher: Dispatcher | undefined
  /** For fake timers: undici waits for a `setImmediate` before it reuses a connection, and a fake one never fires. */
  #withoutReuse: Dispatcher | undefined

  async send(base: string, request: OutgoingRequest, signal: AbortSignal): Promise<UpstreamResponse> {
    const url = base.replace(/\/+$/, '') + request.target
    const dispatcher = this.#currentDispatcher()
    try {
      const answer = await send(url, {
        method: request.method as 'GET',
        headers: [...withoutHeaders(request.headers, NOT_FORWARDED).flat(), ...contentLength(request.body)],
        body: undiciBody(request.body),
        dispatcher,
        responseHeaders: 'raw',
        signal,
      })
      const raw = answer.headers as unknown as readonly (string | Buffer)[]
      const headers = headerPairs(raw.map(latin1))
      const applied = codings(headerValue(headers, 'content-encoding'))
      // A body in an unknown coding is forwarded and recorded unchanged, with its header.
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

  #currentDispatcher(): Dispatcher {
    if (globalThis.setImmediate === realSetImmediate) return (this.#dispatcher ??= dispatcherFor(process.env))
    return (this.#withoutReuse ??= dispatcherFor(process.env, { pipelining: 0 }))
  }

  async connect(...args: Parameters<Upstream['connect']>): Promise<Connected> {
    // Loaded on demand, as most runs open no WebSocket.
    const { connectSocket } = await import('./socket-upstream.ts')
    return connectSocket(...args)
  }

  async close(): Promise<void> {
    await Promise.all([this.#dispatcher?.destroy(), this.#withoutReuse?.destroy()])
  }
}

/** A model may think for a long time, and the client has its own timeout. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 }

/**
 * Creates a dispatcher that uses the proxies in HTTPS_PROXY and HTTP_PROXY, except for the hosts in NO_PROXY.
 * @param options.pipelining 0 to use each connection once
 * @throws UsageError for a proxy that is not a URL
 */
function dispatcherFor(env: Env, options: { readonly pipelining?: number } = {}): Dispatcher {
  const proxies = proxiesOf(env)
  if (proxies === undefined) return new Agent({ ...NO_TIMEOUTS, ...options })
  return new EnvHttpProxyAgent({
    ...NO_TIMEOUTS,
    ...options,
    httpsProxy: proxies.https,
    httpProxy: proxies.http,
    noProxy: proxies.none,
  })
}

/** The Content-Length of a streamed body, which undici would otherwise send with chunked encoding. */
function contentLength(body: OutgoingRequest['body']): string[] {
  return ArrayBuffer.isView(body) ? [] : ['content-length', String(body.size)]
}

function undiciBody(body: OutgoingRequest['body']): Uint8Array | Readable | null {
  if (!ArrayBuffer.isView(body)) return Readable.from(body.read(), { objectMode: false })
  return body.length === 0 ? null : body
}

/** undici may return header names and values as bytes. */
function latin1(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}
