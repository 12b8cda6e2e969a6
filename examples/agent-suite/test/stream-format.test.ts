import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources'
import type { OpenAI } from 'openai'
import { expect } from 'vitest'
import { Assembly } from '../agent/assembly.ts'
import { agentOn, weatherTool } from './support/agents.ts'
import { checkChunk, checkCompletion, checkUsage } from './support/checks.ts'
import { collect, listOf, spelled } from './support/collect.ts'
import { MODEL } from './support/models.ts'
import { test } from './support/suite.ts'
import { toolsOf } from './support/tools-of.ts'

async function chunksOf(
  client: OpenAI,
  content: string,
  params: Partial<ChatCompletionCreateParamsStreaming> = {},
): Promise<ChatCompletionChunk[]> {
  const asked = { model: MODEL, messages: [{ role: 'user' as const, content }], ...params }
  return listOf(await client.chat.completions.create({ ...asked, stream: true }))
}

test('every chunk has the required fields and the same id', async ({ client }) => {
  const chunks = await chunksOf(client, 'Which way is south?')
  expect(chunks.length).toBeGreaterThan(2)
  for (const chunk of chunks) checkChunk(chunk)
  for (const field of ['id', 'created', 'model'] as const) {
    expect(new Set(chunks.map((chunk) => chunk[field])).size, field).toBe(1)
  }
})

test('the first chunk has the role, and the last one the finish reason', async ({ client }) => {
  const chunks = await chunksOf(client, 'Which way is east?')
  const choices = chunks.flatMap((chunk) => chunk.choices)
  expect(choices.map(({ delta }) => delta.role)).toEqual([
    'assistant',
    ...choices.slice(1).map(() => undefined),
  ])
  expect(choices.map((choice) => choice.finish_reason)).toEqual([...choices.slice(1).map(() => null), 'stop'])
  expect(choices.at(-1)?.delta.content ?? '').toBe('')
  expect(spelled(chunks)).not.toBe('')
})

test('with include_usage, the last chunk has the usage and no choices', async ({ client }) => {
  const chunks = await chunksOf(client, 'Which way is west?', { stream_options: { include_usage: true } })
  const last = chunks.at(-1)
  expect(last?.choices).toEqual([])
  checkUsage(last?.usage)
  expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(1).map(() => null))
})

test('without include_usage, no chunk has usage', async ({ client }) => {
  const chunks = await chunksOf(client, 'Which way is up?')
  expect(chunks.filter(({ usage }) => usage)).toEqual([])
  expect(chunks.filter(({ choices }) => choices.length === 0)).toEqual([])
})

test('the chunks of a tool call join to its arguments', async ({ client }) => {
  const chunks = await chunksOf(client, 'What is the weather in Paris?', {
    tools: toolsOf(weatherTool()),
    tool_choice: 'required',
    parallel_tool_calls: false,
  })
  const pieces = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
  expect(pieces.length).toBeGreaterThan(1)
  expect(new Set(pieces.map(({ index }) => index))).toEqual(new Set([0]))
  expect(pieces[0]).toMatchObject({ id: expect.stringMatching(/^call_/), function: { name: 'get_weather' } })
  expect(pieces.slice(1).filter(({ id, function: called }) => id ?? called?.name)).toEqual([])
  const joined = pieces.map(({ function: called }) => called?.arguments ?? '').join('')
  expect(JSON.parse(joined)).toEqual({ city: expect.stringContaining('Paris') })
  const assembly = new Assembly()
  for (const chunk of chunks) assembly.add(chunk)
  expect(assembly.completion.choices[0]?.message.tool_calls).toMatchObject([
    { id: pieces[0]?.id, function: { arguments: joined } },
  ])
})

test('two choices are streamed side by side', async ({ client }) => {
  const chunks = await chunksOf(client, 'Name a flower.', { n: 2 })
  for (const index of [0, 1]) {
    const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
    expect(own[0]?.delta.role).toBe('assistant')
    expect(own.filter((choice) => choice.finish_reason !== null)).toHaveLength(1)
    expect(spelled(chunks, index)).not.toBe('')
  }
})

test('the raw stream has one event per chunk and ends with [DONE]', async ({ client }) => {
  const asked = { model: MODEL, messages: [{ role: 'user' as const, content: 'Which way is down?' }] }
  const response = await client.chat.completions.create({ ...asked, stream: true }).asResponse()
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const events = (await response.text()).split('\n\n')
  expect(events.slice(-2)).toEqual(['data: [DONE]', ''])
  for (const event of events.slice(0, -2)) {
    expect(event).toMatch(/^data: \{[^\n]*\}$/)
    checkChunk(JSON.parse(event.slice('data: '.length)) as ChatCompletionChunk)
  }
})

test('the SDK does not turn [DONE] into a chunk', async ({ client }) => {
  const chunks = await chunksOf(client, 'Which way is out?')
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
})

test('an agent streams every turn and returns the text of the last one', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const { chunks, result } = await collect(
    agent.runStreaming('What is the weather in Paris?', { toolChoice: 'required' }),
  )
  for (const chunk of chunks) checkChunk(chunk)
  const ids = [...new Set(chunks.map(({ id }) => id))]
  expect(ids.length).toBeGreaterThan(1)
  const ends = chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? []))
  expect(ends).toEqual([...ids.slice(1).map(() => 'tool_calls'), 'stop'])
  expect(spelled(chunks.filter(({ id }) => id === ids.at(-1)))).toBe(result.text)
  expect(result.completion.id).toBe(ids.at(-1))
  checkCompletion(result.completion)
})
