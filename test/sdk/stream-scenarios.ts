import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import { expect } from 'vitest'
import { z } from 'zod'
import { collect, type Scenario } from './scenario.ts'

function asking(content: string): { model: string; messages: ChatCompletionMessageParam[] } {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }
}

const River = z.object({ name: z.string(), length: z.number() })

const weather = (asked: string[]) =>
  zodFunction({
    name: 'get_weather',
    parameters: z.object({ city: z.string() }),
    function: ({ city }) => {
      asked.push(city)
      return `It rains in ${city}`
    },
  })

/** What the client makes of streams, event by event: more than their events on the wire. */
export const streamScenarios: readonly Scenario[] = [
  {
    name: 'the events and the ends of the chat stream helper',
    async run(client) {
      const stream = client.chat.completions.stream({
        ...asking('Which river?'),
        stream_options: { include_usage: true },
      })
      const told: unknown[] = []
      stream.on('connect', () => told.push('connect'))
      stream.on('chunk', ({ id }) => told.push(id))
      stream.on('content.delta', (event) => told.push(event))
      stream.on('content.done', (event) => told.push(event))
      stream.on('message', (message) => told.push(message))
      stream.on('end', () => told.push('end'))
      const ends = {
        content: await stream.finalContent(),
        message: await stream.finalMessage(),
        completion: await stream.finalChatCompletion(),
        usage: await stream.totalUsage(),
      }
      await stream.done()
      return { told, ends }
    },
    expected: {
      told: expect.arrayContaining([
        'connect',
        expect.objectContaining({ delta: expect.any(String), snapshot: expect.any(String) }),
        expect.objectContaining({ role: 'assistant' }),
        'end',
      ]),
      ends: {
        content: expect.stringContaining('Which river?'),
        message: { role: 'assistant' },
        completion: { object: 'chat.completion' },
        usage: { total_tokens: expect.any(Number) },
      },
    },
  },
  {
    name: 'the arguments of tools as they come, parsed with zod',
    async run(client) {
      const stream = client.chat.completions.stream({ ...asking('Weather?'), tools: [weather([])] })
      const told: unknown[] = []
      stream.on('tool_calls.function.arguments.delta', (event) => told.push(event))
      stream.on('tool_calls.function.arguments.done', (event) => told.push(event))
      return { call: await stream.finalFunctionToolCall(), told }
    },
    expected: {
      call: { name: 'get_weather', parsed_arguments: { city: expect.any(String) } },
      told: expect.arrayContaining([expect.objectContaining({ parsed_arguments: expect.anything() })]),
    },
  },
  {
    name: 'a structured output that is parsed as it comes',
    async run(client) {
      const stream = client.chat.completions.stream({
        ...asking('Name a river'),
        response_format: zodResponseFormat(River, 'river'),
      })
      const parsed: unknown[] = []
      stream.on('content.delta', (event) => parsed.push(event.parsed))
      const { choices } = await stream.finalChatCompletion()
      return { parsed, river: choices[0]?.message.parsed }
    },
    expected: { parsed: expect.any(Array), river: { name: expect.any(String), length: expect.any(Number) } },
  },
  {
    name: 'a chat stream that is handed on as a readable stream',
    async run(client) {
      const stream = client.chat.completions.stream(asking('Hand it on'))
      return ChatCompletionStream.fromReadableStream(stream.toReadableStream()).finalChatCompletion()
    },
    expected: { choices: [{ message: { content: expect.stringContaining('Hand it on') } }] },
  },
  {
    name: 'a chat stream in two branches',
    async run(client) {
      const stream = await client.chat.completions.create({ ...asking('Twice'), stream: true })
      const [left, right] = stream.tee()
      const [one, two] = await Promise.all([collect(left), collect(right)])
      return { one, isSame: JSON.stringify(one) === JSON.stringify(two) }
    },
    expected: { isSame: true },
  },
  {
    name: 'a tool runner that streams',
    async run(client) {
      const asked: string[] = []
      const runner = client.chat.completions.runTools({
        ...asking('Do I need an umbrella?'),
        tools: [weather(asked)],
        stream: true,
      })
      const deltas: string[] = []
      runner.on('content', (delta) => deltas.push(delta))
      const content = await runner.finalContent()
      return { content, isSpelt: deltas.join('') === content, messages: runner.messages, asked }
    },
    expected: {
      content: expect.stringContaining('It rains in'),
      isSpelt: true,
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'tool' }, { role: 'assistant' }],
      asked: [expect.any(String)],
    },
  },
  {
    name: 'a tool runner of several rounds',
    async run(client) {
      const asked: string[] = []
      const runner = client.chat.completions.runTools({
        ...asking('Tell me step by step: Tōkyō or Paris?'),
        tools: [weather(asked)],
      })
      return { content: await runner.finalContent(), asked, completions: runner.allChatCompletions().length }
    },
    expected: { asked: ['Tōkyō', 'Paris'], completions: 2 },
  },
  {
    name: 'the events and the end of the Responses stream helper',
    async run(client) {
      const stream = client.responses.stream({ model: 'gpt-5-mini', input: 'Name a lake' })
      const told: unknown[] = []
      stream.on('response.output_text.delta', (event) => told.push(event))
      stream.on('response.completed', (event) => told.push(event))
      return { final: await stream.finalResponse(), told }
    },
    expected: {
      final: { status: 'completed', output_text: expect.stringContaining('Name a lake') },
      told: expect.arrayContaining([
        expect.objectContaining({ snapshot: expect.any(String) }),
        expect.objectContaining({ type: 'response.completed' }),
      ]),
    },
  },
]
