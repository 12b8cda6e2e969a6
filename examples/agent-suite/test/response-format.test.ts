import type { ChatCompletionMessageParam } from 'openai/resources'
import { expect } from 'vitest'
import { agentOn, weatherTool } from './support/agents.ts'
import { checkCompletion } from './support/checks.ts'
import { MODEL } from './support/models.ts'
import { test } from './support/suite.ts'
import { toolsOf } from './support/tools-of.ts'

function asking(content: string): ChatCompletionMessageParam[] {
  return [{ role: 'user', content }]
}

test('a chat completion has every required field', async ({ client }) => {
  const { completion, text } = await agentOn(client).run('Which way is north?')
  checkCompletion(completion)
  expect(completion.choices[0]?.finish_reason).toBe('stop')
  expect(completion.choices[0]?.message.content).toBe(text)
  expect(text).not.toBe('')
})

test('a tool call has an id, a name and JSON arguments', async ({ client }) => {
  const completion = await client.chat.completions.create({
    model: MODEL,
    messages: asking('What is the weather in Paris?'),
    tools: toolsOf(weatherTool()),
    tool_choice: 'required',
  })
  checkCompletion(completion)
  const [choice] = completion.choices
  expect(choice?.finish_reason).toBe('tool_calls')
  const [call] = choice?.message.tool_calls ?? []
  expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } })
  expect(JSON.parse(call?.type === 'function' ? call.function.arguments : '')).toEqual({
    city: expect.stringContaining('Paris'),
  })
})

test('two choices are numbered and complete', async ({ client }) => {
  const completion = await client.chat.completions.create({
    model: MODEL,
    messages: asking('Name a colour.'),
    n: 2,
  })
  checkCompletion(completion)
  expect(completion.choices).toHaveLength(2)
  for (const { message } of completion.choices) expect(message.content).toBeTruthy()
})

test('a structured output is JSON that matches its schema', async ({ client }) => {
  const completion = await client.chat.completions.create({
    model: MODEL,
    messages: asking('Extract the city and the temperature: It is 18 degrees in Paris.'),
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'weather',
        strict: true,
        schema: {
          type: 'object',
          properties: { city: { type: 'string' }, celsius: { type: 'number' } },
          required: ['city', 'celsius'],
          additionalProperties: false,
        },
      },
    },
  })
  checkCompletion(completion)
  expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({
    city: expect.any(String),
    celsius: expect.any(Number),
  })
})

test('the response has the headers that the SDK reads', async ({ client }) => {
  const {
    data,
    response,
    request_id: id,
  } = await client.chat.completions.create({ model: MODEL, messages: asking('Say yes.') }).withResponse()
  checkCompletion(data)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(id).toMatch(/^req_\w+$/)
})
