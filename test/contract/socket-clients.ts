import { WebSocket as WsWebSocket } from 'ws'
import type { JournalEntry } from '../../src/index.ts'
import type { Ability } from './limits.ts'

type Client = WebSocket | WsWebSocket

/** The WebSockets that programs open, each with the ability of an adapter that it takes. */
export const clients: readonly {
  readonly ability: Ability
  readonly name: string
  readonly open: (url: string) => Client
}[] = [
  { ability: 'web-socket', name: 'the global WebSocket', open: (url) => new WebSocket(url) },
  { ability: 'web-socket-of-ws', name: 'ws', open: (url) => new WsWebSocket(url) },
]

/**
 * Tells the server to go on once it is told 1, and gives all that the client sees.
 * @param leaveAt what the client closes at
 */
export function converse(socket: Client, leaveAt = '{"n":3}'): Promise<string[]> {
  const seen: string[] = []
  return new Promise((resolve) => {
    const on = socket.addEventListener.bind(socket) as (
      type: string,
      listener: (event: { data?: unknown; code?: number; reason?: string }) => void,
    ) => void
    on('open', () => void seen.push('open'))
    on('message', ({ data }) => {
      const text = String(data)
      seen.push(text)
      if (text === '{"n":1}') socket.send('{"go":"on"}')
      if (text.includes(leaveAt)) socket.close(1000, 'enough')
    })
    on('error', () => void seen.push('error'))
    on('close', ({ code, reason }) => {
      seen.push(`close ${code} ${reason}`)
      resolve(seen)
    })
  })
}

/** What a client sees of a conversation of three frames that goes well. */
export const WHOLE = ['open', '{"n":1}', '{"n":2}', '{"n":3}', 'close 1000 enough']

/** A line for each entry. */
export function told(journal: readonly JournalEntry[]): string[] {
  return journal.map(({ outcome, status = '', reason = '' }) =>
    [outcome, status, reason].filter((each) => each !== '').join(' '),
  )
}
