import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket as UndiciWebSocket } from 'undici'
import { WebSocket as WsWebSocket } from 'ws'
import { cassetteHandlers, intercept } from '../../src/adapters/intercept/msw.ts'
import type { Vcr } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { KEY } from '../support/talk.ts'
import type { Case, Scene, Unhandled } from './scene.ts'

/** Needs no network here: it is refused before it connects. */
const REALTIME = 'wss://api.openai.com/v1/realtime?model=gpt-realtime'

/** MSW 2 hears of `ws` before us, and would refuse what it does not know. */
const strictest = (scene: Scene): Unhandled => (scene.version === 2 ? 'bypass' : 'error')

export const webSocketCases: Readonly<Record<string, Case>> = {
  'a conversation over the global WebSocket beside handlers of a cassette is recorded and replayed': (
    scene,
  ) => plays(scene, async (vcr) => scene.listen('error', ...cassetteHandlers(vcr)).close),

  'a conversation over the global WebSocket while intercept runs is recorded and replayed': (scene) =>
    plays(scene, async (vcr) => (await intercept(vcr)).stop),

  'a conversation that goes wrong beside handlers of a cassette is closed, and whole again': async (
    scene,
  ) => {
    await plays(scene, async (vcr) => scene.listen('error', ...cassetteHandlers(vcr)).close)
    const websocket = true
    const vcr = await scene.open('replay', {
      faults: [
        { nth: 1, close: { code: 1011, reason: 'keepalive', after: 1 } },
        { when: { websocket }, nth: 2, cut: { after: 1 } },
        { when: { websocket }, nth: 3, reset: true },
      ],
    })
    scene.listen('error', ...cassetteHandlers(vcr))
    const codes: unknown[] = []
    for (let i = 0; i < 4; i++) codes.push(((await converse(global)).at(-1) as { code: number }).code)
    assert.deepEqual(codes, [1011, 1006, 4404, 3000])
    assert.deepEqual(
      vcr.journal.map(({ outcome }) => outcome),
      ['faulted', 'faulted', 'faulted', 'hit'],
    )
  },

  "the same beside a server of the user's, begun before or after": async (scene) => {
    const server = scene.listen('bypass')
    await plays(scene, async (vcr) => (await intercept(vcr)).stop)
    server.close()
    await plays(scene, async (vcr) => {
      const { stop } = await intercept(vcr)
      const later = scene.listen('bypass')
      return async () => {
        later.close()
        await stop()
      }
    })
  },

  'a WebSocket that was not recorded is told so beside handlers of a cassette': async (scene) => {
    const vcr = await scene.open('replay')
    scene.listen('error', ...cassetteHandlers(vcr))
    const socket = new WebSocket(REALTIME)
    const [told] = (await once(socket, 'message')) as [{ data: string }]
    assert.match(told.data, /^\{"type":"error",[^]*"code": "replay_miss"/)
    const [closed] = (await once(socket, 'close')) as [{ code: number }]
    assert.equal(closed.code, 4404)
    assert.deepEqual(
      vcr.journal.map(({ outcome }) => outcome),
      ['miss'],
    )
  },

  'a WebSocket that was not recorded fails while intercept runs, and says why': async (scene) => {
    const vcr = await scene.open('replay')
    await using _ours = await intercept(vcr)
    const socket = new WebSocket(REALTIME)
    const closed = once(socket, 'close')
    const [failed] = (await once(socket, 'error')) as [{ message: string }]
    assert.match(failed.message, /No recorded request matches GET \/v1\/realtime/)
    assert.equal(((await closed) as [{ code: number }])[0].code, 1006)
    assert.deepEqual(
      vcr.journal.map(({ outcome }) => outcome),
      ['miss'],
    )
  },

  'conversations over ws and over the WebSocket of undici while intercept runs are recorded and replayed, beside servers of the user':
    async (scene) => {
      for (const client of [wss, undicis]) {
        await plays(scene, async (vcr) => (await intercept(vcr)).stop, client)
        const server = scene.listen(strictest(scene))
        await plays(scene, async (vcr) => (await intercept(vcr)).stop, client)
        server.close()
        await plays(
          scene,
          async (vcr) => {
            const { stop } = await intercept(vcr)
            const later = scene.listen(strictest(scene))
            return async () => {
              later.close()
              await stop()
            }
          },
          client,
        )
      }
    },

  'a WebSocket of ws beside handlers of a cassette is refused, in replay and in record': (scene) =>
    refuses(scene, [wss], async (vcr, host) => {
      const hosts = [host, 'api.openai.com']
      return scene.listen('bypass', ...cassetteHandlers(vcr, { hosts })).close
    }),

  'a WebSocket in the mode live goes to the real API': async (scene) => {
    const real = await noWebSockets(scene)
    const vcr = await scene.open('live')
    const ours = await intercept(vcr, { hosts: [real.host] })
    await ending(global, `ws://${real.host}/v1/realtime`)
    assert.equal(real.asked(), 1)
    await ours.stop()
    scene.listen('bypass', ...cassetteHandlers(vcr, { hosts: [real.host] }))
    await ending(global, `ws://${real.host}/v1/realtime`)
    assert.equal(real.asked(), 2)
  },
}

/** Says a thing and hears what there is to hear, recording and then replaying. */
async function plays(
  scene: Scene,
  begin: (vcr: Vcr) => Promise<() => unknown>,
  client: Client = global,
): Promise<void> {
  const upstream = await startStandIn()
  scene.defer(() => upstream.close())
  const heard: unknown[][] = []
  for (const mode of ['record', 'replay'] as const) {
    const vcr = await scene.open(mode, { ...(mode === 'record' && { upstream: upstream.url }) })
    const end = await begin(vcr)
    heard.push(await converse(client))
    await end()
    await vcr.close()
    assert.deepEqual(
      vcr.journal.map(({ outcome, reason }) => reason ?? outcome),
      [mode === 'record' ? 'recorded' : 'hit'],
    )
    await upstream.close()
  }
  const [recorded = [], replayed] = heard
  assert.deepEqual(replayed, recorded)
  assert.equal(JSON.parse(String(recorded.at(-2))).type, 'response.done')
  assert.deepEqual(recorded.at(-1), { code: 3000, reason: 'bye', protocol: 'realtime' })
  assert.deepEqual(
    upstream.requests.map(({ path }) => path),
    ['/v1/realtime?model=gpt-realtime'],
  )
}

async function converse(client: Client): Promise<unknown[]> {
  const heard: unknown[] = []
  const socket = client(REALTIME, ['realtime', `openai-insecure-api-key.${KEY}`])
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    heard.push(data)
    const { type } = JSON.parse(String(data)) as { type: string }
    if (type === 'session.created')
      socket.send(JSON.stringify({ type: 'session.update', session: { output_modalities: ['text'] } }))
    if (type === 'session.updated') socket.send(JSON.stringify({ type: 'response.create' }))
    if (type === 'response.done') socket.close(3000, 'bye')
  })
  const { code, reason } = await closing(socket)
  return [...heard, { code, reason, protocol: socket.protocol }]
}

function closing(socket: Socket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => socket.addEventListener('close', resolve))
}

/** What the classes have in common. */
interface Socket {
  readonly protocol: string
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
  addEventListener(type: 'error', listener: () => void): void
  send(data: string): void
  close(code: number, reason: string): void
}

type Client = (url: string, protocols?: string[]) => Socket

/** MSW replaces the class. */
const global: Client = (url, protocols) => new WebSocket(url, protocols)
const undicis: Client = (url, protocols) => new UndiciWebSocket(url, protocols)
const wss: Client = (url, protocols) => new WsWebSocket(url, protocols)

/** @param begin what refuses; gives what ends it */
async function refuses(
  scene: Scene,
  clients: readonly Client[],
  begin: (vcr: Vcr, host: string) => Promise<() => unknown>,
): Promise<void> {
  const real = await noWebSockets(scene)
  for (const mode of ['replay', 'record'] as const) {
    const vcr = await scene.open(mode, { upstream: `http://${real.host}` })
    const end = await begin(vcr, real.host)
    for (const client of clients) {
      for (const url of [REALTIME, `ws://${real.host}/v1/realtime`]) {
        const told = once(process, 'warning') as Promise<[Error]>
        await ending(client, url)
        const [warning] = await told
        assert.match(
          warning.message,
          /WebSockets of packages such as ws are not supported here.*\/v1\/realtime/,
        )
      }
    }
    assert.deepEqual(vcr.journal, [])
    await end()
    await vcr.close()
  }
  assert.equal(real.asked(), 0)
}

function ending(client: Client, url: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = client(url)
    socket.addEventListener('close', () => resolve())
    socket.addEventListener('error', () => resolve())
  })
}

/** A server that counts the WebSockets that it declines. */
async function noWebSockets(scene: Scene): Promise<{ readonly host: string; readonly asked: () => number }> {
  let asked = 0
  const server = createServer().on('upgrade', (_req, socket) => {
    asked++
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  scene.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked }
}
