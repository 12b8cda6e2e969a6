import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocket as UndiciWebSocket } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { intercept, type InterceptOptions } from '../../src/adapters/msw.ts'
import { type CassetteOptions, type JournalEntry, openCassette, type Vcr } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

const REALTIME = 'wss://api.openai.com/v1/realtime?model=gpt-realtime'

test('ws in process: frames, subprotocol, headers and the close come as they were sent, over wss: and ws:', async () => {
  const upstream = await talkative()
  for (const url of [REALTIME, REALTIME.replace('wss:', 'ws:')]) {
    const heard = await inBothModes(upstream.url, async () => {
      const socket = new WebSocket(url, ['first', 'second'])
      const frames: unknown[] = []
      const told = once(socket, 'upgrade') as Promise<[http.IncomingMessage]>
      socket.on('message', (data: Buffer, isBinary) => {
        if (frames.push(isBinary ? data : data.toString()) === 3) socket.send('close')
      })
      socket.on('open', () => {
        socket.send('text')
        socket.send(Buffer.from([0, 1, 255]))
      })
      const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
      const [{ headers }] = await told
      return {
        frames,
        code,
        reason: reason.toString(),
        protocol: socket.protocol,
        id: headers['x-request-id'],
      }
    })
    const frames = ['welcome', 'text', Buffer.from([0, 1, 255])]
    const expected = { frames, code: 4001, reason: 'as you say', protocol: 'second', id: 'req_1' }
    expect(heard).toEqual([expected, expected])
  }
})

test('ws in process: a client that hears the opening before it listens misses nothing of what follows', async () => {
  const upstream = await talkative()
  const heard = await inBothModes(upstream.url, async () => {
    const socket = new WebSocket(REALTIME)
    await once(socket, 'open')
    for (let n = 0; n < 10; n++) await null
    const [first] = (await once(socket, 'message')) as [Buffer]
    const answered = once(socket, 'message') as Promise<[Buffer]>
    socket.send('one')
    // What is said comes in a turn of its own: nobody has answered yet.
    const early = await Promise.race([answered, 'nothing'])
    const [second] = await answered
    socket.close()
    await once(socket, 'close')
    return [first.toString(), early, second.toString()]
  })
  expect(heard).toEqual([
    ['welcome', 'nothing', 'one'],
    ['welcome', 'nothing', 'one'],
  ])
})

test('ws in process: megabytes go both ways, and bytes that one side changes are not the other’s', async () => {
  const upstream = await talkative()
  const sent = Buffer.alloc(3_000_000, 'abcdefg')
  const heard = await inBothModes(upstream.url, async () => {
    const talk = await talkTo(REALTIME)
    for (let n = 0; n < 3; n++) talk.say(Buffer.from(sent))
    const frames = (await talk.hear(4)).slice(1) as Buffer[]
    const same = frames.map((frame) => frame.equals(sent))
    for (const frame of frames) frame.fill(0)
    await talk.close()
    return same
  })
  expect(heard).toEqual([
    [true, true, true],
    [true, true, true],
  ])
})

test('ws in process: a handshake that was refused is refused again, with status, headers and body', async () => {
  const upstream = await startStandIn()
  onTestFinished(upstream.close)
  const heard = await inBothModes(upstream.url, async () => {
    const headers = { authorization: 'Bearer sk-bad-0123456789abcdef' }
    const socket = new WebSocket(REALTIME, { headers })
    const [request, response] = (await once(socket, 'unexpected-response')) as [
      http.ClientRequest,
      http.IncomingMessage,
    ]
    const said = Buffer.concat(await response.toArray()).toString()
    request.destroy()
    return [response.statusCode, response.headers['content-type'], (JSON.parse(said) as Failed).error.code]
  })
  const expected = [401, 'application/json', 'invalid_api_key']
  expect(heard).toEqual([expected, expected])
})

test('ws in process: a handshake that was not recorded is a 404 that says why', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream(counting)
  const journal = await playing({ dir, mode: 'record-missing', upstream: upstream.url }, async () => {
    await (await talkTo(REALTIME)).close(1000)
  })
  expect(journal.map(said)).toEqual(['recorded'])
  const missed = await playing({ dir, repeat: 'error' }, async () => {
    const other = await talkTo(REALTIME.replace('gpt-realtime', 'gpt-other')).catch(String)
    expect(other).toMatch(/^Error: 404 .*query\.model.*gpt-realtime.*gpt-other.*replay_miss/s)
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

test('ws in process: a client that breaks off breaks the connection to the upstream, and one that cannot wait leaves nothing', async () => {
  const closed: number[] = []
  const left = Promise.withResolvers<unknown>()
  const upstream = await talkative((client) => client.on('close', (code) => void closed.push(code)))
  const slow = http.createServer().on('upgrade', (_req, socket) => {
    socket.on('end', () => left.resolve(socket.end())).resume()
  })
  const waiting = await listening(slow)
  const journal = await playing(
    { dir: await tempDir(), mode: 'record', upstream: upstream.url },
    async () => {
      const talk = await talkTo(REALTIME)
      await talk.hear(1)
      talk.socket.terminate()
      expect((await talk.closed).code).toBe(1006)
      await vi.waitFor(() => expect(closed).toEqual([1006]))
    },
  )
  expect(journal).toMatchObject([{ outcome: 'dropped' }])
  await playing({ dir: await tempDir(), mode: 'record', upstream: waiting }, async () => {
    const socket = new WebSocket(REALTIME, { handshakeTimeout: 50 })
    await expect(once(socket, 'open')).rejects.toThrow('Opening handshake has timed out')
    await left.promise
  })
})

test('ws in process: a client that ends its side of the connection is let go', async () => {
  const upstream = await talkative()
  await playing({ dir: await tempDir(), mode: 'record', upstream: upstream.url }, async () => {
    const socket = new WebSocket(REALTIME)
    const [{ socket: connection }] = (await once(socket, 'upgrade')) as [http.IncomingMessage]
    await once(socket, 'message')
    connection.end()
    expect((await once(socket, 'close'))[0]).toBe(1006)
  })
})

test('ws in process: an upstream that breaks off breaks the client’s connection, which has opened before', async () => {
  const upstreams = [
    await talkative((client) => client.terminate()),
    await talkative((client) => client.on('message', () => client.terminate())),
  ]
  for (const upstream of upstreams) {
    await playing({ dir: await tempDir(), mode: 'record', upstream: upstream.url }, async () => {
      const talk = await talkTo(REALTIME)
      talk.say('break')
      expect((await talk.closed).code).toBe(1006)
    })
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
  const proxy = http.createServer().on('connect', (req, client) => {
    tunnels.push(req.url ?? '')
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    onTestFinished(() => void client.destroy())
  })
  const agents = [
    new https.Agent({ keepAlive: true, maxSockets: 1 }),
    new https.Agent({ proxyEnv: { HTTPS_PROXY: await listening(proxy) } }),
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

test('undici’s WebSocket in process is recorded and replayed', async () => {
  const upstream = await talkative()
  const heard = await inBothModes(upstream.url, async () => {
    const socket = new UndiciWebSocket(REALTIME, ['second'])
    const told: unknown[] = []
    socket.addEventListener('message', ({ data }) => {
      if (told.push(data) === 1) socket.send('text')
      else socket.close(3000, 'bye')
    })
    const [{ code, reason }] = (await once(socket, 'close')) as [{ code: number; reason: string }]
    return [...told, code, reason, socket.protocol]
  })
  const expected = ['welcome', 'text', 3000, 'bye', 'second']
  expect(heard).toEqual([expected, expected])
})

test('ws in process: nothing is left of a connection that has closed', async () => {
  const upstream = await talkative()
  const open = (): string[] => process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap')
  const before = open()
  await inBothModes(upstream.url, async () => {
    for (const url of [REALTIME, REALTIME.replace('wss:', 'ws:')]) await (await talkTo(url)).close()
  })
  await playing({ dir: await tempDir(), mode: 'record', upstream: upstream.url }, async () => {
    const broken = await talkTo(REALTIME)
    broken.socket.terminate()
    await broken.closed
  })
  await playing({ dir: await tempDir() }, () => talkTo(REALTIME).catch(String))
  await vi.waitFor(() => expect(open()).toEqual(before))
})

interface Failed {
  readonly error: { readonly code: string }
}

const said = ({ outcome, reason }: JournalEntry): string => reason ?? outcome

/** Plays a cassette to this process. */
async function playing(
  options: CassetteOptions,
  run: (vcr: Vcr) => Promise<unknown>,
  hosts: InterceptOptions = {},
): Promise<readonly JournalEntry[]> {
  const vcr = await openCassette('c', options)
  const ours = await intercept(vcr, hosts)
  try {
    await run(vcr)
  } finally {
    await vcr.close()
    await ours.stop()
  }
  return vcr.journal
}

/** Runs it twice, recording and replaying, and gives what came of each. */
async function inBothModes<T>(upstream: string, run: () => Promise<T>): Promise<T[]> {
  const dir = await tempDir()
  const heard: T[] = []
  for (const options of [{ mode: 'record', upstream }, {}] as const)
    await playing({ dir, ...options }, async () => heard.push(await run()))
  return heard
}

async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An upstream that says back what it hears, and chooses the subprotocol `second`. */
async function talkative(more: (client: WebSocket) => void = () => {}): Promise<{ readonly url: string }> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (offered) => offered.has('second') && 'second',
  })
  server.on('headers', (lines) => lines.push('x-request-id: req_1'))
  server.on('connection', (client) => {
    client.send('welcome')
    client.on('message', (data: Buffer, isBinary) => {
      if (String(data) === 'close') client.close(4001, 'as you say')
      else client.send(data, { binary: isBinary })
    })
    more(client)
  })
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const client of server.clients) client.terminate()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
