import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket as UndiciWebSocket } from 'undici'
import { cassetteHandlers, intercept } from '../../src/adapters/msw.ts'
import type { Vcr } from '../../src/index.ts'
import type { Case, Scene } from './scene.ts'

/** Needs no network here: it is refused before it connects. */
const REALTIME = 'wss://api.openai.com/v1/realtime?model=gpt-realtime'

export const webSocketCases: Readonly<Record<string, Case>> = {
  'a WebSocket beside handlers of a cassette is refused, in replay and in record': (scene) =>
    refuses(scene, [global], async (vcr, host) => {
      const server = scene.listen('bypass', ...cassetteHandlers(vcr, { hosts: [host, 'api.openai.com'] }))
      return server.close
    }),

  'a WebSocket while intercept runs is refused, in replay and in record': (scene) =>
    refuses(scene, [global, undicis], async (vcr, host) => {
      const { stop } = await intercept(vcr, { hosts: [host, 'api.openai.com'] })
      return stop
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

type Client = (url: string) => InstanceType<typeof WebSocket | typeof UndiciWebSocket>

/** MSW replaces the class. */
const global: Client = (url) => new WebSocket(url)
const undicis: Client = (url) => new UndiciWebSocket(url)

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
        assert.match(warning.message, /does not play WebSockets yet.*\/v1\/realtime/)
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
