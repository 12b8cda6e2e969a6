import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { WebSocket as UndiciWebSocket } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { listenHere } from '../support/listen.ts'
import { talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'
import { inBothModes, playing, REALTIME, talkative } from './talking.ts'

test('ws in process: frames, subprotocol, headers and the close come as they were sent, over wss: and ws:', async () => {
  const upstream = await talkative()
  for (const url of [REALTIME, REALTIME.replace('wss:', 'ws:')]) {
    const heard = await inBothModes(upstream.url, async () => {
      const socket = new WebSocket(url, ['first', 'second'])
      const frames: unknown[] = []
      const told = once(socket, 'upgrade') as Promise<[IncomingMessage]>
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
    // As long as it stays in this turn of the event loop.
    for (let n = 0; n < 10; n++) await Promise.resolve()
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

test('ws in process: a client that breaks off breaks the connection to the upstream, and one that cannot wait leaves nothing', async () => {
  const closed: number[] = []
  const left = Promise.withResolvers<unknown>()
  const upstream = await talkative((client) => client.on('close', (code) => void closed.push(code)))
  const slow = createServer().on('upgrade', (_req, socket) => {
    socket.on('end', () => left.resolve(socket.end())).resume()
  })
  const waiting = await listenHere(slow)
  onTestFinished(() => void slow.close())
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
    const [{ socket: connection }] = (await once(socket, 'upgrade')) as [IncomingMessage]
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
