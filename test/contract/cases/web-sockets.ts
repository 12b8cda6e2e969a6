import { expect } from 'vitest'
import { WebSocket as WsWebSocket } from 'ws'
import { counting, socketUpstream } from '../../support/socket-upstream.ts'
import { tempDir } from '../../support/temp.ts'
import { type Adapter, HOST } from '../adapter.ts'
import { type Ability, testAbility } from '../limits.ts'

/** What a client hears that says `2`. */
type Client = (url: string) => Promise<string[]>

const clients: readonly [Ability, Client][] = [
  ['web-socket', (url) => hear(new WebSocket(url))],
  ['web-socket-of-ws', (url) => hear(new WsWebSocket(url))],
]

export function webSocketCases(adapter: Adapter): void {
  for (const [ability, client] of clients) {
    testAbility(adapter, ability, async () => {
      const [upstream, dir] = [await socketUpstream(counting), await tempDir()]
      for (const [options, outcome] of [
        [{ mode: 'record', upstream: upstream.url }, 'recorded'],
        [{}, 'hit'],
      ] as const) {
        const subject = await adapter.open('c', { dir, ...options })
        // In a process the upstream's own host is the cassette's, and no test goes to OpenAI's.
        const base = subject.base === HOST ? upstream.url : subject.base
        if (base === undefined) throw new Error('only fetch can ask')
        expect(await client(`${base.replace(/^http/, 'ws')}/v1/realtime?model=m`)).toEqual(['2/0', '2/1'])
        const journal = await subject.close()
        expect(journal.map((entry) => entry.reason ?? entry.outcome)).toEqual([outcome])
        upstream.close()
      }
    })
  }
}

function hear(socket: WebSocket | WsWebSocket): Promise<string[]> {
  const heard: string[] = []
  return new Promise((resolve, reject) => {
    const on = socket.addEventListener.bind(socket) as (
      type: string,
      listener: (event: { data?: unknown; message?: string }) => void,
    ) => void
    on('open', () => socket.send('2'))
    on('message', ({ data }) => {
      if (heard.push(String(data)) === 2) socket.close(1000)
    })
    on('error', ({ message }) => reject(new Error(message)))
    on('close', () => resolve(heard))
  })
}
