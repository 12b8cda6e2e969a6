import { createServer } from 'node:http'
import { WebSocket as UndiciWebSocket } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket as WsWebSocket, WebSocketServer } from 'ws'
import type { JournalEntry, Mode } from '../../src/index.ts'
import { runInOwnCassette } from '../../src/testing/own-cassette.ts'
import { cutOff, listenHere } from '../support/listen.ts'
import { tempDir } from '../support/temp.ts'

const classes = [
  ['the global WebSocket', (url: string) => new WebSocket(url)],
  ['ws', (url: string) => new WsWebSocket(url)],
  ['the WebSocket of undici', (url: string) => new UndiciWebSocket(url)],
] as const

for (const [name, open] of classes) {
  test(`${name}: tests at once talk from a cassette each, and what they ask when they hear a frame is their own`, async () => {
    const [dir, upstream] = [await tempDir(), await talkative()]
    const names = ['one', 'two', 'three']
    for (const [mode, outcome] of [
      ['record', 'recorded'],
      ['replay', 'hit'],
    ] as const) {
      const played = names.map((each) =>
        play({ name: each, dir, mode, upstream: upstream.url }, () => converse(open, each)),
      )
      expect(await Promise.all(played)).toEqual(
        names.map((each) => ({
          heard: [`/v1/realtime?test=${each}`, `/v1/models/${each}`, 'on', `/v1/files/${each}`],
          journal: ['/v1/realtime', `/v1/models/${each}`, `/v1/files/${each}`].map(
            (path) => `${path} ${outcome}`,
          ),
        })),
      )
      await upstream.end()
    }
  })
}

interface Socket {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
  send(data: string): void
  close(): void
}

/** Asks for a model when it hears the server, which says a second thing when it is told to. */
function converse(open: (url: string) => Socket, name: string): Promise<string[]> {
  const ask = async (path: string): Promise<string> =>
    (await fetch(`https://api.openai.com/v1/${path}/${name}`)).text()
  return new Promise((resolve) => {
    const heard: string[] = []
    const socket = open(`wss://api.openai.com/v1/realtime?test=${name}`)
    socket.addEventListener('message', async ({ data }) => {
      const isFirst = heard.push(String(data)) === 1
      heard.push(await ask(isFirst ? 'models' : 'files').catch(String))
      if (isFirst) socket.send('on')
      else socket.close()
    })
    socket.addEventListener('close', () => resolve(heard))
  })
}

async function play(
  {
    name,
    ...options
  }: { readonly name: string; readonly dir: string; readonly mode: Mode; readonly upstream: string },
  body: () => Promise<string[]>,
): Promise<{ heard: string[]; journal: string[] }> {
  let journal: readonly JournalEntry[] = []
  let heard: string[] = []
  const { failures } = await runInOwnCassette(
    { label: `test '${name}'`, cassette: name, options, priced: false },
    async ({ vcr }) => {
      journal = vcr.journal
      heard = await body()
      return { state: 'passed', errors: [] }
    },
  )
  expect(failures).toEqual([])
  return { heard, journal: journal.map(({ path, outcome }) => `${path.split('?')[0]} ${outcome}`) }
}

/** An upstream that says in every way what it was asked. */
async function talkative(): Promise<{ readonly url: string; end(): Promise<void> }> {
  const server = createServer((req, res) => void res.end(req.url))
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (client, req) => {
    client.send(req.url ?? '')
    client.on('message', (data: Buffer) => client.send(data.toString()))
  })
  const url = await listenHere(server)
  const end = async (): Promise<void> => {
    for (const client of sockets.clients) client.terminate()
    await cutOff(server)
  }
  onTestFinished(end)
  return { url, end }
}
