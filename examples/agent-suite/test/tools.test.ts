import { describe, expect, test as plain } from 'vitest'
import { type Arguments, decoratedTools, toolOf } from '../agent/tool.ts'
import { ToolBox, ToolNameError } from '../agent/tool-box.ts'
import { agentOn, weatherTool } from './support/agents.ts'
import { test } from './support/suite.ts'
import { toolsOf } from './support/tools-of.ts'
import { CalendarSkill } from './support/calendar-skill.ts'

describe('registering', () => {
  plain('methods marked with @tool become tools', async () => {
    const [today, daysUntil] = decoratedTools(new CalendarSkill('2026-11-22'))
    expect([today?.name, daysUntil?.name]).toEqual(['today', 'days_until'])
    expect(today?.description).toBe('The date of today')
    expect(await daysUntil?.run({ date: '2026-12-01' })).toBe('9')
  })

  plain('each object has its own tools', async () => {
    const [first] = decoratedTools(new CalendarSkill('2026-11-22'))
    const [second] = decoratedTools(new CalendarSkill('2027-01-01'))
    expect([await first?.run({}), await second?.run({})]).toEqual(['2026-11-22', '2027-01-01'])
  })

  plain('a function becomes a tool under its own name or a given one', () => {
    const about = { description: 'Adds', parameters: { type: 'object', properties: {} } } as const
    function addNumbers(): number {
      return 0
    }
    expect(toolOf(addNumbers, about).name).toBe('add_numbers')
    expect(toolOf(addNumbers, { ...about, name: 'plus' }).name).toBe('plus')
  })

  plain('a request describes a tool by its schema', () => {
    const { name, description, parameters } = weatherTool()
    expect(toolsOf(weatherTool())).toEqual([
      { type: 'function', function: { name, description, parameters } },
    ])
  })

  plain('a duplicate or invalid name is refused', () => {
    const box = new ToolBox()
    box.add(weatherTool())
    expect(() => box.add(weatherTool())).toThrow(new ToolNameError("There is a tool 'get_weather' already"))
    expect(() => box.add({ ...weatherTool(), name: 'wetter für alle' })).toThrow(ToolNameError)
    expect(box.names).toEqual(['get_weather'])
  })
})

describe('calling', () => {
  const call = (name: string, args: string) => ({
    id: 'call_1',
    type: 'function' as const,
    function: { name, arguments: args },
  })

  plain.each([
    ['{"city":', 'no JSON'],
    ['["Paris"]', 'no object'],
  ])('arguments such as %s (%s) are reported to the model', async (args) => {
    const box = new ToolBox()
    box.add(weatherTool())
    const error = "the arguments of 'get_weather' are no JSON object"
    expect(await box.call(call('get_weather', args))).toEqual({
      isError: true,
      content: JSON.stringify({ error }),
    })
  })

  plain('the result of a tool is sent as text or as JSON', async () => {
    const box = new ToolBox()
    box.add({ ...weatherTool(() => 'rain'), name: 'text' })
    box.add({ ...weatherTool(async () => ({ celsius: 1 })), name: 'json' })
    box.add({ ...weatherTool(() => undefined), name: 'nothing' })
    const contents = await Promise.all(
      box.names.map(async (name) => (await box.call(call(name, '{}'))).content),
    )
    expect(contents).toEqual(['rain', '{"celsius":1}', 'null'])
  })
})

test('a decorated tool is called, and its result goes back to the model', async ({ client }) => {
  const agent = agentOn(client, { skills: [new CalendarSkill('2026-11-22')] })
  const { messages, text } = await agent.run('How many days is it until 2026-12-24? Use the tools.', {
    toolChoice: 'required',
  })
  const called = messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []) : [],
  )
  const answered = messages.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : []))
  expect(called.length).toBeGreaterThan(0)
  expect(answered).toEqual(called.map(({ id }) => id))
  expect(text).not.toBe('')
})

test('a function is called with the arguments from a stream', async ({ client }) => {
  const cities: unknown[] = []
  const noting = weatherTool(({ city }: Arguments) => {
    cities.push(city)
    return '−3 °C and snowing'
  })
  const agent = agentOn(client, { tools: [noting] })
  for await (const _ of agent.runStreaming('What is the weather in Québec?', { toolChoice: 'required' }));
  expect(cities[0]).toContain('Québec')
})

test('an error in a tool is reported to the model, and the run goes on', async ({ client }) => {
  const failing = weatherTool(() => {
    throw new Error('the barometer is broken')
  })
  const agent = agentOn(client, { tools: [failing] })
  const { messages, text } = await agent.run('What is the weather in Lagos?', { toolChoice: 'required' })
  expect(messages).toContainEqual({
    role: 'tool',
    tool_call_id: expect.stringMatching(/^call_/),
    content: '{"error":"the barometer is broken"}',
  })
  expect(text).not.toBe('')
})

test('a tool that was removed is reported to the model as unknown', async ({ client }) => {
  const agent = agentOn(client, {
    tools: [weatherTool()],
    hooks: { beforeToolCall: () => void agent.tools.remove('get_weather') },
  })
  const { messages } = await agent.run('What is the weather in Zürich?', { toolChoice: 'required' })
  expect(messages).toContainEqual(
    expect.objectContaining({ role: 'tool', content: `{"error":"there is no tool 'get_weather'"}` }),
  )
})

test('a run that only calls tools stops after maxTurns', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const run = agent.run('What is the weather in Tōkyō?', { toolChoice: 'required', maxTurns: 1 })
  await expect(run).rejects.toThrow('had no answer after 1 turns')
})
