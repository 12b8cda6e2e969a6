import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningServer, startServer, type ServerOptions } from '../../src/server/start.ts'
import { type StandIn, startStandIn } from '../stand-in/start.ts'
import { KEY, type Talk, talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

const REALTIME = '/v1/realtime?model=gpt-realtime'

test('a conversation is recorded, and replayed frame by frame with the upstream gone', async () => {
  const { dir, upstream } = await world()
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
  const { dir, upstream } = await world()
  await recorded({ dir, upstream: upstream.url }, greet)
  const text = await readFile(path.join(dir, 'talk.yaml'), 'utf8')
  expect(text).toMatch(
    /method: GET\n\s+path: \/v1\/realtime\?model=gpt-realtime\n\s+headers: \|\n\s+upgrade: websocket\n/,
  )
  expect(text).toMatch(/status: 101\n/)
  expect(text).toMatch(/frames: \|\n\s+< \d+ \{"type":"session\.created",/)
  expect(text).toMatch(/\n\s+> \d+ \{"type":"response\.create"\}\n/)
  expect(text).toMatch(/\n\s+> \d+ close 1000 "bye"\n\.\.\.\n$/)
  expect(text).not.toContain(KEY)
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

async function world(): Promise<{ dir: string; upstream: StandIn }> {
  const upstream = await startStandIn()
  onTestFinished(() => upstream.close())
  return { dir: await tempDir(), upstream }
}

async function serve(options: ServerOptions): Promise<RunningServer> {
  const server = await startServer({ cassette: 'talk', repeat: 'error', ...options })
  onTestFinished(async () => void (await server.close()))
  return server
}

/** Records one conversation; gives what the server said in it. */
async function recorded(
  options: ServerOptions,
  lead: (talk: Talk) => Promise<void>,
): Promise<readonly (string | Buffer)[]> {
  const server = await serve({ mode: 'record', ...options })
  const talk = await talkTo(server.url + REALTIME)
  await lead(talk)
  await talk.close(1000, 'bye')
  const { journal } = await server.close()
  expect(journal.map(({ outcome, reason }) => reason ?? outcome)).toEqual(['recorded'])
  return talk.told
}
