import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers'
import { type ClientOptions, WebSocket } from 'ws'
import {
  CONNECTION_HEADERS,
  headerPairs,
  type Headers,
  headerValue,
  type OutgoingRequest,
} from '../http/message.ts'
import type { Connected } from '../engine/ports.ts'
import type { SocketListener } from '../http/web-socket.ts'
import { type Proxies, proxiesOf, proxyFor } from './proxies.ts'
import { tunnel } from './tunnel.ts'
import { noAnswerError } from './no-answer-error.ts'

/** How long the upstream may take to answer our close frame. */
const CLOSE_TIMEOUT_MS = 2000

/**
 * Opens a WebSocket to the real API through the same proxies as requests.
 * @param base an `http:` or `https:` URL, to which the request's target is appended
 * @throws UpstreamError if there is no response
 * @throws UsageError for a proxy that is not a URL
 */
export async function connectSocket(
  base: string,
  request: OutgoingRequest,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<Connected> {
  const url = base.replace(/\/+$/, '') + request.target
  const proxies = proxiesOf(process.env)
  const failed = (error: unknown): Error => noAnswerError(base, error, proxies !== undefined)
  const options = await connectionOptions(new URL(base), proxies, signal).catch((error: unknown) => {
    throw failed(error)
  })
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocolsOf(request.headers), {
    ...options,
    headers: forwarded(request.headers),
    perMessageDeflate: false,
    maxPayload: 0,
  })
  const drop = (): void => socket.terminate()
  signal.addEventListener('abort', drop, { once: true })
  if (signal.aborted) drop()
  return new Promise((resolve, reject) => {
    let headers: Headers = []
    let isOpen = false
    socket.on('upgrade', (response) => (headers = headersOfUpgrade(response)))
    socket.on('unexpected-response', (_request, response) => {
      const { statusCode: status = 502 } = response
      resolve({
        kind: 'refused',
        response: { status, headers: headerPairs(response.rawHeaders), body: response },
      })
    })
    socket.on('message', (data: Buffer, isBinary) =>
      listener.onMessage(isBinary ? new Uint8Array(data) : data.toString()),
    )
    // Once the socket is open, `close` follows every error, and this rejection has no effect.
    socket.on('error', (error) => reject(failed(error)))
    socket.on('close', (code, reason) => {
      signal.removeEventListener('abort', drop)
      if (isOpen) listener.onClose(code, reason.toString())
    })
    socket.on('open', () => {
      isOpen = true
      resolve({
        kind: 'open',
        socket: {
          headers,
          protocol: socket.protocol || undefined,
          send: (data) => socket.send(data),
          close: (code, reason) => {
            socket.close(code, reason)
            setTimeout(drop, CLOSE_TIMEOUT_MS).unref()
          },
          terminate: drop,
        },
      })
    })
  })
}

async function connectionOptions(
  url: URL,
  proxies: Proxies | undefined,
  signal: AbortSignal,
): Promise<ClientOptions> {
  const proxy = proxies && proxyFor(proxies, url)
  if (proxy === undefined) return {}
  const socket = await tunnel(proxy, url, signal)
  return { createConnection: () => socket }
}

const NOT_FORWARDED: ReadonlySet<string> = new Set([
  ...CONNECTION_HEADERS,
  'host',
  'x-vcr-cassette',
  'x-vcr-session',
])

/** The ws package sets these headers itself. */
const HANDSHAKE_HEADERS = /^sec-websocket-/

function forwarded(headers: Headers): Record<string, string> {
  const sent = headers.filter(([name]) => !NOT_FORWARDED.has(name) && !HANDSHAKE_HEADERS.test(name))
  return Object.fromEntries(sent.map(([name]) => [name, headerValue(sent, name) ?? '']))
}

function protocolsOf(headers: Headers): string[] {
  const offered = headerValue(headers, 'sec-websocket-protocol')
  return offered === undefined ? [] : offered.split(',').map((each) => each.trim())
}

/** The response headers of the handshake, without connection and handshake headers. */
function headersOfUpgrade(response: IncomingMessage): Headers {
  return headerPairs(response.rawHeaders).filter(
    ([name]) =>
      !CONNECTION_HEADERS.has(name) && (!HANDSHAKE_HEADERS.test(name) || name === 'sec-websocket-protocol'),
  )
}
