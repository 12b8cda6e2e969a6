import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { ConnectionError } from '../core/errors.ts'
import type { Answerer } from './answer-request.ts'
import type { Connection } from './connections.ts'
import { answerFault } from './failure.ts'
import type { RequestEvent } from './listen-first.ts'
import { pastInterceptors } from './past-interceptors.ts'
import { ServerEnd } from './server-end.ts'

/**
 * Answers a WebSocket of a package, such as ws or undici, on the connection on which its handshake came:
 * what a server would write there, and all that follows.
 */
export async function playHandshake(
  answerer: Answerer,
  { request, controller }: RequestEvent,
  connection: Connection,
): Promise<void> {
  connection.controller.claim()
  const socket = new ServerEnd(connection.socket)
  // Without a reason it does no more than to settle the request.
  controller.errorWith()
  const { url } = request
  const headers = [...request.headers]
  const req = new IncomingMessage(socket as unknown as Socket)
  Object.assign(req, { method: 'GET', url, headers: Object.fromEntries(headers) })
  const open = (signal: AbortSignal) =>
    pastInterceptors(() => answerer.connect(new URL(url), headers, signal))
  // Loaded only here: most processes open no WebSocket.
  const { answerHandshake, refuseUpgrade } = await import('./ws.ts')
  try {
    await answerHandshake(open, { req, socket, head: Buffer.alloc(0) })
  } catch (error) {
    if (error instanceof ConnectionError) socket.destroy(error)
    else await refuseUpgrade(socket, answerFault(error))
  }
}
