import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { cassetteText, REALTIME, recorded, serve } from '../support/conversing.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { KEY, type Talk, talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

test('a conversation is recorded, and replayed frame by frame with the upstream gone', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  const said = await recorded({ dir, upstream: upstream.url }, greet)
  await upstream.close()
  const server = await serve({ dir })
  const again = await talkTo(server.url + REALTIME)
  await greet(again)
  expect(await again.close(1000, 'bye')).toEqual({ code: 1000, reason: 'bye' })
  expect(again.told).toEqual(said)
  const { journal } = await server.close()
  expect(journal).toEqual([{ method: 'GET', path: REALTIME, outcome: 'hit', status: 101, cassette: 'talk' }])
})

test('the file can be read: a line a frame, who said it, when, and how it ended', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  onTestFinished(() => upstream.close())
  await recorded({ dir, upstream: upstream.url }, greet)
  const text = await cassetteText(dir)
  expect(text).toMatch(
    /method: GET\n\s+path: \/v1\/realtime\?model=gpt-realtime\n\s+headers: \|\n\s+upgrade: websocket\n/,
  )
  expect(text).toMatch(/frames: \|\n\s+< \d+ \{"type":"session\.created",/)
  expect(text).toMatch(/\n\s+> \d+ \{"type":"response\.create"\}\n/)
  expect(text).toMatch(/\n\s+> \d+ close 1000 "bye"\n\.\.\.\n$/)
  expect(text).not.toContain(KEY)
})

test('a replay is causal: what followed a frame of the client comes after it, and not before', async () => {
  const [dir, upstream] = [await tempDir(), await socketUpstream(counting)]
  const lead = async (talk: Talk): Promise<void> => {
    for (const frame of ['2', '1', '3']) {
      // What was sent before the pong has come before it.
      talk.socket.ping()
      await once(talk.socket, 'pong')
      const before = talk.told.length
      talk.say(frame)
      await talk.hear(Number(frame))
      expect(before).toBe(talk.told.length - Number(frame))
    }
  }
  await recorded({ dir, upstream: upstream.url }, lead)
  upstream.close()
  const { url } = await serve({ dir })
  const talk = await talkTo(url + REALTIME)
  await lead(talk)
  expect(talk.told).toEqual(['2/0', '2/1', '1/0', '3/0', '3/1', '3/2'])
})

test('bytes, texts of all kinds and empty frames go both ways as they are', async () => {
  const frames = [
    Buffer.from([0, 255, 10]),
    Buffer.alloc(5000, 200),
    'plain',
    '',
    '"',
    '{"a": 1.0}',
    '[1]\n',
    'ä\u2028',
  ]
  const dir = await tempDir()
  const upstream = await socketUpstream((client) => {
    client.on('message', (data: Buffer, binary) => client.send(data, { binary }))
  })
  const lead = async (talk: Talk): Promise<void> => {
    for (const frame of frames) talk.say(frame)
    expect(await talk.hear(frames.length)).toEqual(frames)
  }
  await recorded({ dir, upstream: upstream.url }, lead)
  upstream.close()
  const { url } = await serve({ dir })
  await lead(await talkTo(url + REALTIME))
})

test('a server that closes does so in the replay, with its code and its reason', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream((client) => {
    client.on('message', () => client.close(4000, 'session expired'))
  })
  const lead = async (talk: Talk): Promise<void> => {
    talk.say('{}')
    expect(await talk.closed).toEqual({ code: 4000, reason: 'session expired' })
  }
  await recorded({ dir, upstream: upstream.url }, lead)
  upstream.close()
  expect(await cassetteText(dir)).toMatch(/< \d+ close 4000 "session expired"\n/)
  const { url } = await serve({ dir })
  await lead(await talkTo(url + REALTIME))
})

test('a conversation that was cut off is not recorded, whether the upstream or the client broke it', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream((client) => client.on('message', () => client.terminate()))
  const server = await serve({ dir, mode: 'record', upstream: upstream.url })
  const broken = await talkTo(server.url + REALTIME)
  broken.say('{}')
  expect((await broken.closed).code).toBe(1006)
  const vanished = await talkTo(server.url + REALTIME)
  vanished.socket.terminate()
  const { journal, saved } = await server.close()
  expect(journal).toMatchObject([
    { outcome: 'dropped', reason: "the upstream's response was cut off: the connection broke" },
    { outcome: 'dropped', reason: 'the client left before the response ended' },
  ])
  expect(saved).toMatchObject([{ added: 0, written: false }])
})

test('with keepTruncated a conversation that broke off is kept, and breaks off again', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream((client) => {
    client.on('message', () => client.send('last words', () => client.terminate()))
  })
  for (const options of [{ mode: 'record', upstream: upstream.url, keepTruncated: true }, {}] as const) {
    const server = await serve({ dir, ...options })
    const talk = await talkTo(server.url + REALTIME)
    talk.say('{}')
    expect((await talk.closed).code).toBe(1006)
    expect(talk.told).toEqual(['last words'])
    await server.close()
  }
})

test('forty conversations at once do not disturb each other', async () => {
  const dir = await tempDir()
  const upstream = await socketUpstream((client, req) => {
    client.on('message', (data: Buffer) => client.send(`${req.url} ${data.toString()}`))
  })
  const lead = async (url: string, n: number): Promise<void> => {
    const talk = await talkTo(`${url}/v1/realtime?model=${n}`)
    for (let turn = 0; turn < 5; turn++) {
      talk.say(`${n}.${turn}`)
      expect(await talk.hear(1)).toEqual([`/v1/realtime?model=${n} ${n}.${turn}`])
    }
    await talk.close()
  }
  const numbers = Array.from({ length: 40 }, (_, n) => n)
  for (const options of [{ mode: 'record', upstream: upstream.url }, {}] as const) {
    const server = await serve({ dir, ...options })
    await Promise.all(numbers.map((n) => lead(server.url, n)))
    const { counts } = await server.close()
    expect(counts).toMatchObject('mode' in options ? { recorded: 40 } : { hit: 40 })
  }
})

test('audio stands in files of its own, both ways, and comes back to the byte', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  const audio = Buffer.alloc(4800, 'pcm').toString('base64')
  const lead = async (talk: Talk): Promise<void> => {
    await talk.hear(1)
    talk.say({ type: 'input_audio_buffer.append', audio })
    talk.say({ type: 'input_audio_buffer.commit' })
    talk.say({ type: 'response.create' })
    await talk.hearUntil('response.done')
  }
  const said = await recorded({ dir, upstream: upstream.url }, lead)
  await upstream.close()
  const text = await cassetteText(dir)
  expect(text).not.toMatch(/[A-Za-z0-9+/]{200}/)
  expect(text.match(/"(?:audio|delta)":"blob:[0-9a-f]{64}"/g)).toHaveLength(4)
  expect(await readdir(path.join(dir, 'blobs'))).toHaveLength(4)
  const { url } = await serve({ dir })
  const again = await talkTo(url + REALTIME)
  await lead(again)
  expect(again.told).toEqual(said)
})

async function greet(talk: Talk): Promise<void> {
  await talk.hear(1)
  talk.say({ type: 'session.update', session: { output_modalities: ['text'] } })
  await talk.hearUntil('session.updated')
  talk.say({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Say hello.' }] },
  })
  talk.say({ type: 'response.create' })
  await talk.hearUntil('response.done')
}
