import type {
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { zodResponseFormat } from 'openai/helpers/zod'
import { expect } from 'vitest'
import { z } from 'zod'
import { collect, type Scenario } from './scenario.ts'

const model = 'gpt-4o-mini'

function asking(content: string): { model: string; messages: ChatCompletionMessageParam[] } {
  return { model, messages: [{ role: 'user', content }] }
}

const WEATHER: ChatCompletionFunctionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a place',
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
  },
}

const RUNNABLE = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather in a place',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    parse: (text: string) => JSON.parse(text) as { city: string },
    function: ({ city }: { city: string }) => `It rains in ${city}`,
  },
}

const TIME: ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'get_time', parameters: { type: 'object', properties: { zone: { type: 'string' } } } },
}

const Forecast = z.object({
  city: z.string(),
  celsius: z.number(),
  sky: z.enum(['clear', 'grey']),
  hours: z.array(z.object({ hour: z.int(), wet: z.boolean() })),
})

export const chatScenarios: readonly Scenario[] = [
  {
    name: 'a chat completion',
    run: (client) => client.chat.completions.create({ ...asking('What is the weather in Zürich? 🌧'), n: 2 }),
    expected: {
      object: 'chat.completion',
      choices: [{ message: { content: expect.stringContaining('Zürich') } }, { index: 1 }],
      usage: { total_tokens: expect.any(Number) },
    },
  },
  {
    name: 'a chat stream, event by event',
    run: (client) =>
      collect(
        client.chat.completions.create({
          ...asking('Tell me a story'),
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
    expected: expect.arrayContaining([
      expect.objectContaining({ choices: [expect.objectContaining({ finish_reason: 'stop' })] }),
      expect.objectContaining({
        choices: [],
        usage: expect.objectContaining({ prompt_tokens: expect.any(Number) }),
      }),
    ]),
  },
  {
    name: 'what the stream helper puts together',
    run: (client) =>
      client.chat.completions.stream({ ...asking('And now?'), n: 2, tools: [WEATHER] }).finalChatCompletion(),
    expected: {
      choices: [{ message: { tool_calls: [{ function: { name: 'get_weather' } }] } }, { index: 1 }],
    },
  },
  {
    name: 'two turns with parallel tools',
    async run(client) {
      const tools = [WEATHER, TIME]
      const first = await client.chat.completions.create({ ...asking('Weather and time?'), tools })
      const called = first.choices[0]?.message
      const calls = called?.tool_calls ?? []
      const results = calls.map(({ id }, i) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: `result ${i}`,
      }))
      const messages = [...asking('Weather and time?').messages, ...(called ? [called] : []), ...results]
      return [first, await client.chat.completions.create({ model, messages, tools })]
    },
    expected: [
      {
        choices: [
          {
            finish_reason: 'tool_calls',
            message: { tool_calls: [{ type: 'function' }, { type: 'function' }] },
          },
        ],
      },
      {
        choices: [
          { finish_reason: 'stop', message: { content: expect.stringMatching(/result 0.*result 1/) } },
        ],
      },
    ],
  },
  {
    name: 'the messages of a tool runner',
    async run(client) {
      const runner = client.chat.completions.runTools({
        ...asking('Do I need an umbrella?'),
        tools: [RUNNABLE],
      })
      await runner.done()
      return runner.messages
    },
    expected: [{ role: 'user' }, { role: 'assistant' }, { role: 'tool' }, { role: 'assistant' }],
  },
  {
    name: 'a structured output parsed with zod',
    async run(client) {
      const format = zodResponseFormat(Forecast, 'forecast')
      const completion = await client.chat.completions.parse({
        ...asking('Forecast'),
        response_format: format,
      })
      return completion.choices.map(({ message }) => message)
    },
    expected: [
      { parsed: { sky: expect.stringMatching(/clear|grey/), hours: [{ wet: expect.any(Boolean) }, {}] } },
    ],
  },
  {
    name: 'ten requests at once',
    run: (client) =>
      Promise.all(
        Array.from({ length: 10 }, (_, i) => client.chat.completions.create(asking(`Number ${i % 7}`))),
      ),
    expected: Array.from({ length: 10 }, (_, i) => ({
      choices: [{ message: { content: expect.stringContaining(`Number ${i % 7}`) } }],
    })),
  },
]
