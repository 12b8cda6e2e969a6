import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

export interface SocketUpstream {
  readonly url: string
  /** The handshakes that it was asked for. */
  readonly asked: readonly IncomingMessage[]
  close(): void
}

/** An upstream that talks as a test wants. */
export async function socketUpstream(
  talk: (client: WebSocket, req: IncomingMessage) => void,
): Promise<SocketUpstream> {
  const asked: IncomingMessage[] = []
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (client, req) => {
    asked.push(req)
    talk(client, req)
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const close = (): void => {
    server.close()
    for (const client of server.clients) client.terminate()
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close }
}

/** Answers each frame with as many as it names: `2` with `2/0` and `2/1`. */
export function counting(client: WebSocket): void {
  client.on('message', (data: Buffer) => {
    for (let n = 0; n < Number(data.toString()); n++) client.send(`${data.toString()}/${n}`)
  })
}
