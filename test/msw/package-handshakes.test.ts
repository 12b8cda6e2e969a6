import { once } from 'node:events'
import { type ClientRequest, createServer, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { listenHere } from '../support/listen.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'
import { inBothModes, playing, REALTIME, said } from './talking.ts'

test('ws in process: a handshake that was refused is refused again, with status, headers and body', async () => {
  const upstream = await startStandIn()
  onTestFinished(upstream.close)
  const heard = await inBothModes(upstream.url, async () => {
    const headers = { authorization: 'Bearer sk-bad-0123456789abcdef' }
    const socket = new WebSocket(REALTIME, { headers })
    const [request, response] = (await once(socket, 'unexpected-response')) as [
      ClientRequest,
      IncomingMessage,
    ]
    const body = Buffer.concat(await response.toArray()).toString()
    request.destroy()
    return [response.statusCode, response.headers['content-type'], (JSON.parse(body) as Failed).error.code]
  })
  const expected = [401, 'application/json', 'invalid_api_key']
  expect(heard).toEqual([expected, expected])
})

test('ws in process: a handshake that was not recorded is a 404 that says why, and so does a warning', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream(counting)
  const journal = await playing({ dir, mode: 'record-missing', upstream: upstream.url }, async () => {
    await (await talkTo(REALTIME)).close(1000)
  })
  expect(journal.map(said)).toEqual(['recorded'])
  const missed = await playing({ dir, repeat: 'error' }, async () => {
    const warned = once(process, 'warning') as Promise<[Error]>
    const other = await talkTo(REALTIME.replace('gpt-realtime', 'gpt-other')).catch(String)
    expect(other).toMatch(/^Error: 404 .*query\.model.*gpt-realtime.*gpt-other.*replay_miss/s)
    expect((await warned)[0].message).toMatch(/^No recorded request matches GET .v1.realtime.*gpt-other/s)
    await (await talkTo(REALTIME)).close(1000)
    await expect(talkTo(REALTIME).catch(String)).resolves.toMatch(/^Error: 404 .*replay_exhausted/s)
  })
  expect(missed.map(({ outcome }) => outcome)).toEqual(['miss', 'hit', 'exhausted'])
  expect(upstream.asked).toHaveLength(1)
})

test('ws in process: in the mode once, and record-missing, it is recorded where it is missing, and replayed then', async () => {
  const upstream = await socketUpstream(counting)
  for (const mode of ['once', 'record-missing'] as const) {
    const options = { dir: await tempDir(), mode, upstream: upstream.url }
    const outcomes: unknown[] = []
    for (let n = 0; n < 2; n++) {
      const journal = await playing(options, async () => {
        const talk = await talkTo(REALTIME)
        talk.say('2')
        expect(await talk.hear(2)).toEqual(['2/0', '2/1'])
        await talk.close(1000)
      })
      outcomes.push(...journal.map(said))
    }
    expect(outcomes, mode).toEqual(['recorded', 'hit'])
  }
})

test('ws in process: WebSockets of other hosts, and in the mode live, go where they are sent', async () => {
  const [upstream, real] = [await socketUpstream(counting), await socketUpstream(counting)]
  const host = new URL(real.url).host
  const say = async (): Promise<void> => {
    const talk = await talkTo(`${real.url}/v1/realtime`)
    talk.say('1')
    expect(await talk.hear(1)).toEqual(['1/0'])
    await talk.close()
  }
  const dir = await tempDir()
  expect(await playing({ dir, mode: 'record', upstream: upstream.url }, say)).toEqual([])
  expect(await playing({ dir, mode: 'live' }, say, { hosts: [host] })).toEqual([])
  expect([upstream.asked.length, real.asked.length]).toEqual([0, 2])
})

test('ws in process: of two that intercept one host, the latest answers until it stops', async () => {
  const upstream = await socketUpstream(counting)
  const outer = await openCassette('outer', { dir: await tempDir(), mode: 'record', upstream: upstream.url })
  const inner = await openCassette('inner', { dir: await tempDir(), mode: 'record', upstream: upstream.url })
  const say = async (): Promise<void> => void (await (await talkTo(REALTIME)).close(1000))
  await using _outer = await intercept(outer)
  {
    await using _inner = await intercept(inner)
    await say()
  }
  await say()
  await say()
  await Promise.all([outer.close(), inner.close()])
  expect([outer, inner].map(({ journal }) => journal.length)).toEqual([2, 1])
})

test('ws in process: a conversation that runs when it stops runs to its end, and what begins after goes where it is sent', async () => {
  const [upstream, real] = [await socketUpstream(counting), await socketUpstream(counting)]
  const vcr = await openCassette('c', { dir: await tempDir(), mode: 'record', upstream: upstream.url })
  const ours = await intercept(vcr, { hosts: [new URL(real.url).host] })
  const talk = await talkTo(`${real.url}/v1/realtime`)
  await ours.stop()
  talk.say('1')
  expect(await talk.hear(1)).toEqual(['1/0'])
  expect(await talk.close(3000, 'bye')).toEqual({ code: 3000, reason: 'bye' })
  expect(real.asked).toHaveLength(0)
  await (await talkTo(`${real.url}/v1/realtime`)).close()
  expect(real.asked).toHaveLength(1)
  await vcr.close()
  expect(vcr.journal.map(said)).toEqual(['recorded'])
})

test('ws in process: a conversation that is open when its cassette closes is closed with it', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream(counting)
  await playing({ dir, mode: 'record', upstream: upstream.url }, async () => {
    const talk = await talkTo(REALTIME)
    talk.say('1')
    await talk.hear(1)
    await talk.close()
  })
  const vcr = await openCassette('c', { dir })
  await using _ = await intercept(vcr)
  const talk = await talkTo(REALTIME)
  await vcr.close()
  expect((await talk.closed).code).toBe(1001)
  await expect(talkTo(REALTIME).catch(String)).resolves.toMatch(/^Error: 500 .*cassette 'c' is closed/s)
})

test('ws in process: over an agent, of one connection that is kept, and through a proxy’s tunnel', async () => {
  const upstream = await socketUpstream(counting)
  const tunnels: string[] = []
  const proxy = createServer().on('connect', (req, client) => {
    tunnels.push(req.url ?? '')
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    onTestFinished(() => void client.destroy())
  })
  onTestFinished(() => void proxy.close())
  const agents = [
    new https.Agent({ keepAlive: true, maxSockets: 1 }),
    new https.Agent({ proxyEnv: { HTTPS_PROXY: await listenHere(proxy) } }),
  ]
  for (const agent of agents) {
    const journal = await playing(
      { dir: await tempDir(), mode: 'record', upstream: upstream.url },
      async () => {
        await new Promise((resolve) =>
          https.get('https://api.openai.com/v1/models', { agent }, (res) => res.resume().on('end', resolve)),
        )
        const talk = await talkTo(REALTIME, { agent })
        talk.say('1')
        expect(await talk.hear(1)).toEqual(['1/0'])
        await talk.close(1000)
      },
    )
    expect(journal.map(said)).toEqual(['recorded', 'recorded'])
    agent.destroy()
  }
  expect(tunnels).toEqual(['api.openai.com:443', 'api.openai.com:443'])
})

interface Failed {
  readonly error: { readonly code: string }
}
