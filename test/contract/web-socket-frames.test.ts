import { expect, test } from 'vitest'
import type { CassetteOptions } from '../../src/index.ts'
import { startStandIn } from '../stand-in/start.ts'
import { REALTIME, recorded, serve } from '../support/conversing.ts'
import { counting, socketUpstream } from '../support/socket-upstream.ts'
import { type Talk, talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'

test('a wrong frame gets an error event with the differences, and the connection is closed', async () => {
  const dir = await conversed((talk) => say(talk, 'What is rain?'))
  const server = await serve({ dir })
  const talk = await talkTo(server.url + REALTIME)
  await say(talk, 'What is snow?').catch(() => {})
  expect(await talk.closed).toEqual({
    code: 4404,
    reason: 'replay_miss: the reason is in the error event before this',
  })
  const { error, ...event } = JSON.parse(String(talk.told.at(-1))) as { error: Record<string, unknown> }
  expect(event).toEqual({ type: 'error' })
  expect(error).toMatchObject({ type: 'openai_vcr_error', code: 'replay_miss', param: null })
  expect(error['message']).toMatch(
    /^Frame 1 from the client does not match the recorded frame at its place in the WebSocket \/v1\/realtime\?model=gpt-realtime in cassette 'talk'/,
  )
  expect(error['message']).toMatch(
    /It differs in:\n {2}\$\.item\.content\[0\]\.text\n {4}recorded: "What is rain\?"\n {4}received: "What is snow\?"\n/,
  )
  expect(error['message']).toMatch(/To record it: /)
  const { journal, unanswered } = await server.close()
  expect(journal).toMatchObject([{ outcome: 'miss', status: 101, reason: error['message'] }])
  expect(unanswered).toBe(1)
})

test('so does a frame beyond the end of the recording', async () => {
  const dir = await conversed((talk) => say(talk, 'What is rain?'))
  const { url } = await serve({ dir })
  const talk = await talkTo(url + REALTIME)
  await say(talk, 'What is rain?')
  talk.say({ type: 'response.create' })
  expect((await talk.closed).code).toBe(4404)
  expect(talk.told.at(-1)).toMatch(
    /Frame 3 from the client .*The recording has no further frame from the client\./,
  )
})

test('the order of keys, white space and event ids do not count', async () => {
  const dir = await conversed(async (talk) => {
    talk.say('{"type":"response.create","event_id":"event_1","response":{"a":1,"b":[1,2]}}')
    await talk.hearUntil('response.done')
  })
  const { url } = await serve({ dir })
  const talk = await talkTo(url + REALTIME)
  talk.say('{ "response": {"b": [1, 2], "a": 1}, "type": "response.create" }')
  await talk.hearUntil('response.done')
})

test('an item id that the client makes up may be another each time, and is then another throughout', async () => {
  const dir = await conversed((talk) => truncate(talk, 'item_a1b2c3d4e5', 'item_a1b2c3d4e5'))
  const { url } = await serve({ dir })
  const right = await talkTo(`${url}/s/right${REALTIME}`)
  await truncate(right, 'item_f6f7f8f9f0', 'item_f6f7f8f9f0')
  const wrong = await talkTo(`${url}/s/wrong${REALTIME}`)
  await truncate(wrong, 'item_f6f7f8f9f0', 'item_0000000001').catch(() => {})
  expect((await wrong.closed).code).toBe(4404)
})

test('an id that the server gave comes back as it is, or the frame is a wrong one', async () => {
  const take = async (talk: Talk, change: (id: string) => string): Promise<void> => {
    await say(talk, 'What is rain?')
    const told = talk.told.map((text) => JSON.parse(String(text)) as { item_id?: string })
    const id = told.findLast(({ item_id }) => item_id !== undefined)?.item_id ?? ''
    talk.say({ type: 'conversation.item.delete', item_id: change(id) })
    await talk.hear(1)
  }
  const dir = await conversed((talk) => take(talk, (id) => id))
  const { url } = await serve({ dir })
  await take(await talkTo(`${url}/s/1${REALTIME}`), (id) => id)
  const wrong = await talkTo(`${url}/s/2${REALTIME}`)
  await take(wrong, () => 'item_0123456789abcdef0')
  expect(wrong.told.at(-1)).toMatch(/\$\.item_id/)
})

test('rules of the user for what counts in a body count for frames', async () => {
  const dir = await conversed((talk) => say(talk, 'It is 2026-01-02.'))
  const rules: readonly [string, NonNullable<CassetteOptions['matchers']>][] = [
    ['It is 2027-03-04.', { volatile: ['dates'] }],
    ['Anything', { ignore: ['$.item.content'] }],
  ]
  for (const [text, matchers] of rules) {
    const { url } = await serve({ dir, matchers })
    await say(await talkTo(url + REALTIME), text)
  }
})

test('audio that differs is a wrong frame, though it stands in a file of its own', async () => {
  const lead = async (talk: Talk, byte: number): Promise<void> => {
    talk.say({ type: 'input_audio_buffer.append', audio: Buffer.alloc(3000, byte).toString('base64') })
    talk.say({ type: 'response.create' })
    await talk.hearUntil('response.done')
  }
  const dir = await conversed((talk) => lead(talk, 1))
  const { url } = await serve({ dir })
  await lead(await talkTo(`${url}/s/1${REALTIME}`), 1)
  const wrong = await talkTo(`${url}/s/2${REALTIME}`)
  await lead(wrong, 2).catch(() => {})
  expect(wrong.told.at(-1)).toMatch(/\$\.audio/)
})

test('bytes where a text was recorded are a wrong frame', async () => {
  const [dir, upstream] = [await tempDir(), await socketUpstream(counting)]
  await recorded({ dir, upstream: upstream.url }, async (talk) => {
    talk.say('1')
    await talk.hear(1)
  })
  const { url } = await serve({ dir })
  const talk = await talkTo(url + REALTIME)
  talk.say(Buffer.from('1'))
  expect((await talk.closed).code).toBe(4404)
})

async function conversed(lead: (talk: Talk) => Promise<unknown>): Promise<string> {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  await recorded({ dir, upstream: upstream.url }, lead)
  await upstream.close()
  return dir
}

async function say(talk: Talk, text: string): Promise<void> {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
  talk.say({ type: 'conversation.item.create', item })
  talk.say({ type: 'response.create' })
  await talk.hearUntil('response.done')
}

/** Makes an item under an id of its own, and speaks of it again. */
async function truncate(talk: Talk, made: string, meant: string): Promise<void> {
  talk.say({
    type: 'conversation.item.create',
    item: { id: made, type: 'message', role: 'user', content: [] },
  })
  talk.say({ type: 'conversation.item.truncate', item_id: meant, content_index: 0, audio_end_ms: 0 })
  await talk.hearUntil('error')
}
