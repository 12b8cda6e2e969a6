import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers'
import { WebSocket } from 'ws'
import { CONNECTION_HEADERS, type Headers, headerValue, type HttpRequest } from '../core/http.ts'
import { type Connected, UpstreamError } from '../engine/ports.ts'
import type { SocketListener } from '../engine/socket.ts'

/** After so long without an answer to our closing, in ms, the connection is dropped. */
const CLOSING = 2000

/**
 * Opens a WebSocket to the real API.
 * @param base `http:` or `https:`; the request's target is appended
 * @throws UpstreamError when no answer came
 */
export function connectSocket(
  base: string,
  request: HttpRequest,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<Connected> {
  const url = base.replace(/\/+$/, '').replace(/^http/, 'ws') + request.target
  const socket = new WebSocket(url, protocolsOf(request.headers), {
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
      listener.heard(isBinary ? new Uint8Array(data) : data.toString()),
    )
    // Once it is open, its close tells the rest.
    socket.on('error', (error: NodeJS.ErrnoException) => reject(failed(base, error)))
    socket.on('close', (code, reason) => {
      signal.removeEventListener('abort', drop)
      if (isOpen) listener.closed(code, reason.toString())
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

function failed(base: string, error: NodeJS.ErrnoException): UpstreamError {
  const message = `no answer from the upstream ${base}: ${error.message}. Check OPENAI_VCR_UPSTREAM (or --upstream) and the network.`
  return new UpstreamError(message, error.code ?? 'ECONNRESET', { cause: error })
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
