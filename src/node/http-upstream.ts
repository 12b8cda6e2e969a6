import { Readable } from 'node:stream'
import { setImmediate as realSetImmediate } from 'node:timers'
import { type Dispatcher, EnvHttpProxyAgent, request as send } from 'undici'
import {
  CONNECTION_HEADERS,
  type Headers,
  headerValue,
  type OutgoingRequest,
  withoutHeaders,
} from '../http/message.ts'
import type { Connected, Upstream, UpstreamResponse } from '../engine/ports.ts'
import { codings, decode } from './decode.ts'
import { dispatcherFor } from './dispatcher.ts'
import { unanswered } from './unanswered.ts'

/** Headers of ours and of the connection, which are not the upstream's business. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  ...CONNECTION_HEADERS,
  'expect',
  'host',
  'x-vcr-cassette',
  'x-vcr-session',
])

const CODING: ReadonlySet<string> = new Set(['content-encoding'])

/** The real API over HTTP. */
export class HttpUpstream implements Upstream {
  /** Made when they are needed: a replay has no use for them, nor for a proxy that is named wrongly. */
  #dispatcher: Dispatcher | undefined
  /** undici waits for a `setImmediate` before it uses a connection again, which under fake timers never comes. */
  #onceEach: Dispatcher | undefined

  async send(base: string, request: OutgoingRequest, signal: AbortSignal): Promise<UpstreamResponse> {
    const url = base.replace(/\/+$/, '') + request.target
    const dispatcher = this.#connecting()
    try {
      const answer = await send(url, {
        method: request.method as 'GET',
        headers: [...withoutHeaders(request.headers, NOT_FORWARDED).flat(), ...lengthOf(request.body)],
        body: sendable(request.body),
        dispatcher,
        responseHeaders: 'raw',
        signal,
      })
      const headers = pairs(answer.headers as unknown as readonly (string | Buffer)[])
      const applied = codings(headerValue(headers, 'content-encoding'))
      // A coding that nobody here knows is passed on and kept as it is, its header with it.
      if (applied === undefined) return { status: answer.statusCode, headers, body: answer.body }
      return {
        status: answer.statusCode,
        headers: withoutHeaders(headers, CODING),
        body: applied.length === 0 ? answer.body : decode(answer.body, applied),
      }
    } catch (error) {
      throw unanswered(base, error, dispatcher instanceof EnvHttpProxyAgent)
    }
  }

  #connecting(): Dispatcher {
    if (globalThis.setImmediate === realSetImmediate) return (this.#dispatcher ??= dispatcherFor(process.env))
    return (this.#onceEach ??= dispatcherFor(process.env, { pipelining: 0 }))
  }

  async connect(...asked: Parameters<Upstream['connect']>): Promise<Connected> {
    // Loaded only here: most runs open no WebSocket.
    const { connectSocket } = await import('./socket-upstream.ts')
    return connectSocket(...asked)
  }

  async close(): Promise<void> {
    await Promise.all([this.#dispatcher?.destroy(), this.#onceEach?.destroy()])
  }
}

/** Told where the body is sent in pieces: without it they would be chunks. */
function lengthOf(body: OutgoingRequest['body']): string[] {
  return ArrayBuffer.isView(body) ? [] : ['content-length', String(body.size)]
}

function sendable(body: OutgoingRequest['body']): Uint8Array | Readable | null {
  if (!ArrayBuffer.isView(body)) return Readable.from(body.read(), { objectMode: false })
  return body.length === 0 ? null : body
}

function pairs(raw: readonly (string | Buffer)[]): Headers {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) headers.push([text(raw[i]).toLowerCase(), text(raw[i + 1])])
  return headers
}

function text(value: string | Buffer | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '')
}
