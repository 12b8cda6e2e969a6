import { expect, test } from 'vitest'
import { cassetteText, recorded, serve } from '../support/conversing.ts'
import { type Talk, talkTo } from '../support/talk.ts'
import { tempDir } from '../support/temp.ts'
import { freshStandIn, idsIn, rerecord } from './rerecording.ts'

const RESPONSES = '/v1/responses'
const WEATHER = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: {} } }

/** Talks with a tool in between, whose output names the call that it answers. */
async function withTool(talk: Talk): Promise<string> {
  await talk.hearUntil('session.created')
  talk.say({
    type: 'session.update',
    session: { type: 'realtime', output_modalities: ['text'], tools: [WEATHER] },
  })
  await talk.hearUntil('session.updated')
  const content = [{ type: 'input_text', text: 'The weather in Paris?' }]
  talk.say({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } })
  talk.say({ type: 'response.create' })
  const called = (await talk.hearUntil('response.done')).at(-1) as {
    response: { output: { call_id: string }[] }
  }
  const output = { type: 'function_call_output', call_id: called.response.output[0]?.call_id, output: 'rain' }
  talk.say({ type: 'conversation.item.create', item: output })
  talk.say({ type: 'response.create' })
  return JSON.stringify((await talk.hearUntil('response.done')).at(-1))
}

test('a Realtime conversation is held again, with the ids of the new one', async () => {
  const dir = await tempDir()
  await recorded({ dir, upstream: (await freshStandIn()).url }, withTool)
  const before = await cassetteText(dir)
  const { status, stderr } = await rerecord(dir, (await freshStandIn({ words: true })).url)
  expect(stderr).toContain('.yaml: 1 interaction')
  expect(status).toBe(0)
  const after = await cassetteText(dir)
  const ids = idsIn(before)
  expect(ids.size).toBeGreaterThan(1)
  expect([...idsIn(after)].filter((id) => ids.has(id))).toEqual([])
  expect(linesOf(after)).toEqual(linesOf(before))
  const server = await serve({ mode: 'replay', dir })
  const talk = await talkTo(`${server.url}/v1/realtime?model=gpt-realtime`)
  expect(await withTool(talk)).toContain('response.done')
  await talk.close(1000, 'bye')
  expect((await server.close()).unanswered).toBe(0)
})

test('Responses over a WebSocket are requested again, each with the id of the previous one', async () => {
  const dir = await tempDir()
  const lead = async (talk: Talk): Promise<void> => {
    talk.say({ type: 'response.create', model: 'gpt-4o-mini', input: 'Name a river.' })
    const done = (await talk.hearUntil('response.completed')).at(-1) as { response: { id: string } }
    const previous = { previous_response_id: done.response.id }
    talk.say({ type: 'response.create', model: 'gpt-4o-mini', input: 'Another one.', ...previous })
    await talk.hearUntil('response.completed')
  }
  await recorded({ dir, upstream: (await freshStandIn()).url }, lead, RESPONSES)
  const before = await cassetteText(dir)
  const { status, stderr } = await rerecord(dir, (await freshStandIn()).url)
  expect(stderr).toContain('.yaml: 1 interaction')
  expect(status).toBe(0)
  const ids = idsIn(before)
  expect([...idsIn(await cassetteText(dir))].filter((id) => ids.has(id))).toEqual([])
})

test('a conversation in which no tool is called any more is left as it was', async () => {
  const dir = await tempDir()
  await recorded({ dir, upstream: (await freshStandIn()).url }, withTool)
  const before = await cassetteText(dir)
  const { status, stderr } = await rerecord(dir, (await freshStandIn({ tools: 'none' })).url)
  expect(stderr).toContain(
    "interaction 1 of 'talk' (GET /v1/realtime?model=gpt-realtime) diverged from the recording",
  )
  expect(stderr).toContain('after frame 3 of the client, the called tools were get_weather and are now none')
  expect(status).toBe(1)
  expect(await cassetteText(dir)).toBe(before)
})

/** Who said what, by its type, without pieces. */
function linesOf(text: string): string[] {
  return [...text.matchAll(/^ +([<>]) \d+ \{"type":"([^"]+)"/gm)]
    .map(([, from, type]) => `${from} ${type}`)
    .filter((line) => !line.endsWith('.delta'))
}
