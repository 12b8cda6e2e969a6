import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { refuseKey } from './errors.ts'
import { type FreshIds, freshened } from './fresh-ids.ts'
import { realtimeSession } from './realtime.ts'
import { responsesSocket } from './responses-socket.ts'
import type { World } from './world.ts'

/** The API's WebSockets: Realtime, and Responses. */
export function answerSocket(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { world, fresh }: { world: World; fresh: FreshIds | undefined },
): void {
  const url = new URL(req.url ?? '/', 'http://stand-in')
  const refused = refuseKey(req.headers.authorization)
  if (refused !== undefined) return refuse(socket, refused.status, refused.body)
  const begin = { '/v1/realtime': realtimeSession, '/v1/responses': responsesSocket }[url.pathname]
  if (begin === undefined) return refuse(socket, 404, { error: { message: `Invalid URL (GET ${req.url})` } })
  const server = new WebSocketServer({ noServer: true, clientTracking: false })
  server.on('headers', (lines) => lines.push('openai-processing-ms: 12', 'x-request-id: req_socket'))
  server.handleUpgrade(req, socket, head, (client) => {
    begin(fresh === undefined ? client : freshened(client, fresh), url.searchParams.get('model') ?? '', world)
  })
}

function refuse(socket: Duplex, status: number, body: object): void {
  const text = JSON.stringify(body)
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/json',
    `content-length: ${text.length}`,
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`)
}
