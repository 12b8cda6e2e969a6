import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { ConnectionError } from '../../messages/errors.ts'
import { headerPairs, type Headers, type HttpRequest, type HttpResponse } from '../../http/message.ts'
import type { Arrival } from '../../engine/arrival.ts'
import type { Caller } from '../../engine/exchange/exchange.ts'
import type { Opening, OpenSocket, SocketEnd } from '../../http/web-socket.ts'
import { resetConnection } from './node.ts'
import { readWhole } from '../../http/body.ts'

/** Answers handshakes: a session of the server, or an open cassette. */
export type AcceptHandshake = (request: HttpRequest, caller: Caller) => Promise<Opening>

/** The arguments of node:http's `upgrade` event. */
export interface Handshake {
  readonly req: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

export interface Upgrade extends Handshake {
  readonly arrival: Arrival
  /** Path and query, relative to the upstream. */
  readonly target: string
}

/** An open WebSocket, as needed to close it on shutdown. */
export interface OpenConnection {
  readonly records: boolean
  close(code: number, reason: string): void
  terminate(): void
}

/**
 * Answers one WebSocket handshake, and serves the connection until it is closed.
 * @param opened called with the connection once it is open
 */
export function answerUpgrade(
  connect: AcceptHandshake,
  upgrade: Upgrade,
  opened?: (connection: OpenConnection) => void,
): Promise<void> {
  const { req, target, arrival } = upgrade
  const request = { method: 'GET', target, headers: headerPairs(req.rawHeaders), body: new Uint8Array(0) }
  return answerHandshake((signal) => connect(request, { arrival, client: { signal } }), upgrade, opened)
}

/**
 * Answers a handshake whose request is known already.
 * @param open its signal aborts when the client leaves before the answer
 */
export async function answerHandshake(
  open: (signal: AbortSignal) => Promise<Opening>,
  handshake: Handshake,
  opened: (connection: OpenConnection) => void = () => {},
): Promise<void> {
  const { socket } = handshake
  if (socket.destroyed) return
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  // Node notices that a client left only while its connection is read.
  const early: Buffer[] = []
  const onData = (bytes: Buffer): void => void early.push(bytes)
  socket.once('close', leave).once('end', leave).on('data', onData)
  socket.on('error', leave)
  const opening = await open(gone.signal).catch((error: unknown) => {
    if (error instanceof ConnectionError && error.code === 'ECONNRESET' && socket instanceof Socket)
      resetConnection(socket)
    throw error
  })
  socket.off('close', leave).off('end', leave).off('data', onData)
  if (opening.kind === 'refused') return refuseUpgrade(socket, opening.response)
  await talk(opening, { ...handshake, head: Buffer.concat([handshake.head, ...early]) }, opened)
}

/** Answers a handshake with a plain HTTP response. */
export async function refuseUpgrade(socket: Duplex, { status, headers, body }: HttpResponse): Promise<void> {
  const bytes = await readWhole(body).catch(() => undefined)
  // A response that breaks off reaches the client as a broken connection. The journal has the reason.
  if (bytes === undefined) return void socket.destroy()
  const lines: Headers = [...headers, ['content-length', `${bytes.length}`], ['connection', 'close']]
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.end(bytes)
}

function talk(
  { headers, protocol, records, attach }: OpenSocket,
  { req, socket, head }: Handshake,
  opened: (connection: OpenConnection) => void,
): Promise<void> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    handleProtocols: () => protocol ?? false,
  })
  server.on('headers', (lines) => lines.push(...headers.map(([name, value]) => `${name}: ${value}`)))
  return new Promise((resolve) => {
    // Covers a handshake that ws itself refuses, and a client that left.
    socket.once('close', resolve)
    server.handleUpgrade(req, socket, head, (client) => {
      const listener = attach(endOf(client, socket))
      client.on('message', (data: Buffer, isBinary) =>
        listener.onMessage(isBinary ? new Uint8Array(data) : data.toString()),
      )
      client.on('close', (code, reason) => listener.onClose(code, reason.toString()))
      // An invalid frame ends the connection; `close` follows.
      client.on('error', () => client.terminate())
      opened({
        records,
        close: (code, reason) => client.close(code, reason),
        terminate: () => client.terminate(),
      })
    })
  })
}

function endOf(client: WebSocket, socket: Duplex): SocketEnd {
  return {
    send: (data) => client.send(data),
    close: (code, reason) => client.close(code, reason),
    // Only after the frames before it have been written.
    terminate: () => void socket.write(EMPTY, () => client.terminate()),
  }
}

const EMPTY = new Uint8Array(0)
