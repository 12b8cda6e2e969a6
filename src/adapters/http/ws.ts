import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { ConnectionError } from '../../messages/errors.ts'
import type { Headers, HttpRequest, HttpResponse } from '../../http/message.ts'
import { joinBytes } from '../../http/sse.ts'
import type { Arrival } from '../../engine/arrival.ts'
import type { Opening, OpenSocket, SocketEnd } from '../../http/web-socket.ts'
import { headersOf } from './node.ts'
import { resetConnection } from './reset-connection.ts'

/** Whatever answers handshakes: a session, or a cassette that a user opened. */
export type Connect = (request: HttpRequest, arrival: Arrival, signal?: AbortSignal) => Promise<Opening>

/** What node:http hands over with its event `upgrade`. */
export interface Handshake {
  readonly req: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

export interface Upgrade extends Handshake {
  readonly arrival: Arrival
  /** Path and query as the upstream knows them. */
  readonly target: string
}

/** A WebSocket that is open, as whoever ends its server sees it. */
export interface OpenConnection {
  readonly records: boolean
  close(code: number, reason: string): void
  terminate(): void
}

/**
 * Answers one WebSocket's handshake, and talks until it is closed.
 * @param opened told of the connection once it is open
 */
export function answerUpgrade(
  connect: Connect,
  upgrade: Upgrade,
  opened?: (connection: OpenConnection) => void,
): Promise<void> {
  const { req, target, arrival } = upgrade
  const request = { method: 'GET', target, headers: headersOf(req), body: new Uint8Array(0) }
  return answerHandshake((signal) => connect(request, arrival, signal), upgrade, opened)
}

/**
 * The same where what is asked is known already.
 * @param open is left when the client goes away meanwhile
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
  // That a client goes away meanwhile is noticed only where its connection is read.
  const early: Buffer[] = []
  const hear = (bytes: Buffer): void => void early.push(bytes)
  socket.once('close', leave).once('end', leave).on('data', hear)
  socket.on('error', leave)
  const opening = await open(gone.signal).catch((error: unknown) => {
    if (error instanceof ConnectionError && error.code === 'ECONNRESET' && socket instanceof Socket)
      resetConnection(socket)
    throw error
  })
  socket.off('close', leave).off('end', leave).off('data', hear)
  if (opening.kind === 'refused') return refuseUpgrade(socket, opening.response)
  await talk(opening, { ...handshake, head: Buffer.concat([handshake.head, ...early]) }, opened)
}

/** Answers a handshake as a plain request. */
export async function refuseUpgrade(socket: Duplex, { status, headers, body }: HttpResponse): Promise<void> {
  const bytes = ArrayBuffer.isView(body) ? body : await whole(body)
  // One that broke off is to the client a connection that broke. The journal has the reason.
  if (bytes === undefined) return void socket.destroy()
  const lines: Headers = [...headers, ['content-length', `${bytes.length}`], ['connection', 'close']]
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.end(bytes)
}

async function whole(body: Exclude<HttpResponse['body'], Uint8Array>): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of body) pieces.push(piece)
  } catch {
    return undefined
  }
  return joinBytes(pieces)
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
    // A handshake that the library refuses itself, and a client that is gone.
    socket.once('close', resolve)
    server.handleUpgrade(req, socket, head, (client) => {
      const listener = attach(endOf(client, socket))
      client.on('message', (data: Buffer, isBinary) =>
        listener.onMessage(isBinary ? new Uint8Array(data) : data.toString()),
      )
      client.on('close', (code, reason) => listener.onClose(code, reason.toString()))
      // What is wrong with a frame ends the connection, which `close` tells of.
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
    // Behind what was said before it.
    terminate: () => void socket.write(NOTHING, () => client.terminate()),
  }
}

const NOTHING = new Uint8Array(0)
