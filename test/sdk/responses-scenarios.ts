import type { FunctionTool } from 'openai/resources/responses/responses'
import { zodTextFormat } from 'openai/helpers/zod'
import { expect } from 'vitest'
import { z } from 'zod'
import { collect, type Scenario } from './scenario.ts'

const model = 'gpt-5-mini'

const LOOK_UP: FunctionTool = {
  type: 'function',
  name: 'look_up',
  strict: true,
  parameters: {
    type: 'object',
    properties: { key: { type: 'string' } },
    required: ['key'],
    additionalProperties: false,
  },
}

export const responsesScenarios: readonly Scenario[] = [
  {
    name: 'a response, and the same retrieved by its id',
    async run(client) {
      const created = await client.responses.create({ model, input: 'Name a river', temperature: 1 })
      return [created, await client.responses.retrieve(created.id)]
    },
    expected: [
      { status: 'completed', output_text: expect.stringContaining('Name a river') },
      { object: 'response', output_text: expect.stringContaining('Name a river') },
    ],
  },
  {
    name: 'a response stream, event by event',
    run: (client) =>
      collect(client.responses.create({ model, input: 'Name a lake — “größer” als 1 km²', stream: true })),
    expected: expect.arrayContaining([
      expect.objectContaining({ type: 'response.created', sequence_number: 0 }),
      expect.objectContaining({ type: 'response.output_text.delta' }),
      expect.objectContaining({ type: 'response.completed' }),
    ]),
  },
  {
    name: 'a function call and its answer, streamed',
    async run(client) {
      const asking = client.responses.stream({ model, input: 'Look it up', tools: [LOOK_UP] })
      const events = await collect(asking)
      const first = await asking.finalResponse()
      const results = first.output.flatMap((item) =>
        item.type === 'function_call'
          ? [
              {
                type: 'function_call_output' as const,
                call_id: item.call_id,
                output: `value of ${item.arguments}`,
              },
            ]
          : [],
      )
      const next = { model, input: results, previous_response_id: first.id, tools: [LOOK_UP] }
      return [events, first, await client.responses.stream(next).finalResponse()]
    },
    expected: [
      expect.arrayContaining([expect.objectContaining({ type: 'response.function_call_arguments.delta' })]),
      { output: [{ type: 'reasoning' }, { type: 'function_call', name: 'look_up' }] },
      {
        previous_response_id: expect.stringMatching(/^resp_/),
        output_text: expect.stringContaining('value of'),
      },
    ],
  },
  {
    name: 'a response parsed with zod',
    async run(client) {
      const format = zodTextFormat(z.object({ name: z.string(), length: z.number() }), 'river')
      const response = await client.responses.parse({ model, input: 'Name a river', text: { format } })
      return [response.output_parsed, response.usage]
    },
    expected: [
      { name: expect.any(String), length: expect.any(Number) },
      { total_tokens: expect.any(Number) },
    ],
  },
]
