import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'

/** A client of the `ws` package that a test leads through a conversation. */
export interface Talk {
  readonly socket: WebSocket
  /** What the server has said up to now: text, or bytes. */
  readonly told: readonly (string | Buffer)[]
  say(data: object | string | Uint8Array): void
  /** Waits for so many frames more, and gives them. */
  hear(count: number): Promise<(string | Buffer)[]>
  /** Waits for an event of this type, and gives all up to it. */
  hearUntil(type: string): Promise<Record<string, unknown>[]>
  /** Closes, and waits until it is closed. */
  close(code?: number, reason?: string): Promise<Closed>
  readonly closed: Promise<Closed>
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** @throws Error that says with which status the handshake was refused, and why */
export async function talkTo(
  url: string,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<Talk> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, {
    headers: { authorization: `Bearer ${KEY}` },
    ...options,
  })
  const told: (string | Buffer)[] = []
  let heard = 0
  let wake = (): void => {}
  socket.on('message', (data: Buffer, isBinary) => {
    told.push(isBinary ? data : data.toString())
    wake()
  })
  const closed = new Promise<Closed>((resolve) =>
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() })
      wake()
    }),
  )
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', async (_request, response) => {
      const said = Buffer.concat(await response.toArray()).toString()
      socket.terminate()
      reject(new Error(`${response.statusCode} ${said}`))
    })
  })
  const next = async (): Promise<string | Buffer> => {
    while (told.length === heard) {
      if (socket.readyState === WebSocket.CLOSED) throw new Error('closed before it said more')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return told[heard++] as string | Buffer
  }
  return {
    socket,
    told,
    closed,
    say: (data) =>
      socket.send(typeof data === 'string' || data instanceof Uint8Array ? data : JSON.stringify(data)),
    hear: async (count) => {
      const frames: (string | Buffer)[] = []
      for (let i = 0; i < count; i++) frames.push(await next())
      return frames
    },
    hearUntil: async (type) => {
      const events: Record<string, unknown>[] = []
      for (;;) {
        const event = JSON.parse(String(await next())) as Record<string, unknown>
        events.push(event)
        if (event['type'] === type) return events
      }
    },
    close: async (code, reason) => {
      if (socket.readyState === WebSocket.CONNECTING) await once(socket, 'open')
      socket.close(code, reason)
      return closed
    },
  }
}

/** A key that is shaped like one, and must be found nowhere. */
export const KEY = 'sk-proj-4rEaLlYsEcReTkEyThAtNoBoDyMaYsEe0123456789'
