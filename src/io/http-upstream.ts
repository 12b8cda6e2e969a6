import { setImmediate as realSetImmediate } from 'node:timers'
import { Agent, request as send } from 'undici'
import {
  CONNECTION_HEADERS,
  type Headers,
  headerValue,
  type HttpRequest,
  withoutHeaders,
} from '../core/http.ts'
import { type Upstream, UpstreamError, type UpstreamResponse } from '../engine/ports.ts'
import { codings, decode } from './decode.ts'

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
  // A model may think for as long as it likes: the client's own time-out is the only one.
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  // undici waits for a `setImmediate` before it uses a connection again, which under fake timers never comes.
  readonly #onceEach = new Agent({ headersTimeout: 0, bodyTimeout: 0, pipelining: 0 })

  async send(base: string, request: HttpRequest, signal: AbortSignal): Promise<UpstreamResponse> {
    const url = base.replace(/\/+$/, '') + request.target
    try {
      const answer = await send(url, {
        method: request.method as 'GET',
        headers: withoutHeaders(request.headers, NOT_FORWARDED).flat(),
        body: request.body.length === 0 ? null : request.body,
        dispatcher: globalThis.setImmediate === realSetImmediate ? this.#agent : this.#onceEach,
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
      throw new UpstreamError(explain(base, error), { cause: error })
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#onceEach.destroy()])
  }
}

function explain(base: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return `no answer from the upstream ${base}: ${WORDS[code ?? ''] ?? message ?? String(error)}. Check OPENAI_VCR_UPSTREAM (or --upstream) and the network.`
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it reset the connection',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  UND_ERR_SOCKET: 'it closed the connection',
}

function pairs(raw: readonly (string | Buffer)[]): Headers {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) headers.push([text(raw[i]).toLowerCase(), text(raw[i + 1])])
  return headers
}

function text(value: string | Buffer | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '')
}
