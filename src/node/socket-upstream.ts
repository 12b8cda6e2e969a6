import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers'
import { type ClientOptions, WebSocket } from 'ws'
import { CONNECTION_HEADERS, type Headers, headerValue, type OutgoingRequest } from '../http/message.ts'
import type { Connected } from '../engine/ports.ts'
import type { SocketListener } from '../http/web-socket.ts'
import { type Proxies, proxiesOf, proxyFor } from './proxies.ts'
import { tunnel } from './tunnel.ts'
import { unanswered } from './unanswered.ts'

/** After so long without an answer to our closing, in ms, the connection is dropped. */
const CLOSING = 2000

/**
 * Opens a WebSocket to the real API, by way of the same proxies as requests.
 * @param base `http:` or `https:`; the request's target is appended
 * @throws UpstreamError when no answer came
 * @throws UsageError for a proxy that is no URL
 */
export async function connectSocket(
  base: string,
  request: OutgoingRequest,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<Connected> {
  const url = base.replace(/\/+$/, '') + request.target
  const proxies = proxiesOf(process.env)
  const failed = (error: unknown): Error => unanswered(base, error, proxies !== undefined)
  const way = await wayTo(new URL(base), proxies, signal).catch((error: unknown) => {
    throw failed(error)
  })
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocolsOf(request.headers), {
    ...way,
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
      resolve({ kind: 'refused', response: { status, headers: headersOf(response), body: response } })
    })
    socket.on('message', (data: Buffer, isBinary) =>
      listener.onMessage(isBinary ? new Uint8Array(data) : data.toString()),
    )
    // Once it is open, its close tells the rest.
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
            setTimeout(drop, CLOSING).unref()
          },
          terminate: drop,
        },
      })
    })
  })
}

async function wayTo(url: URL, proxies: Proxies | undefined, signal: AbortSignal): Promise<ClientOptions> {
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

/** The library makes the handshake's own. */
const HANDSHAKE = /^sec-websocket-/

function forwarded(headers: Headers): Record<string, string> {
  const kept = headers.filter(([name]) => !NOT_FORWARDED.has(name) && !HANDSHAKE.test(name))
  return Object.fromEntries(kept.map(([name]) => [name, headerValue(kept, name) ?? '']))
}

function protocolsOf(headers: Headers): string[] {
  const offered = headerValue(headers, 'sec-websocket-protocol')
  return offered === undefined ? [] : offered.split(',').map((each) => each.trim())
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.push([(rawHeaders[i] as string).toLowerCase(), rawHeaders[i + 1] as string])
  return headers
}

/** Without what belongs to the connection and the handshake. */
function headersOfUpgrade(response: IncomingMessage): Headers {
  return headersOf(response).filter(
    ([name]) => !CONNECTION_HEADERS.has(name) && (!HANDSHAKE.test(name) || name === 'sec-websocket-protocol'),
  )
}
