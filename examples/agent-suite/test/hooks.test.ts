import { expect } from 'vitest'
import { HookError, type HookName, type Hooks } from '../agent/hooks.ts'
import { agentOn, weatherTool } from './support/agents.ts'
import { collect } from './support/collect.ts'
import { REPEATING } from './support/kinds.ts'
import { test } from './support/suite.ts'

/** Hooks that note when they are called. */
function noting(into: string[], who: string): Hooks {
  const note = (name: HookName) => (): void => void into.push(`${who} ${name}`)
  return {
    onConnection: note('onConnection'),
    onMessage: note('onMessage'),
    beforeToolCall: note('beforeToolCall'),
    afterToolCall: note('afterToolCall'),
    finalize: note('finalize'),
  }
}

test('hooks are called in the order of the events', async ({ client }) => {
  const calls: string[] = []
  const agent = agentOn(client, { tools: [weatherTool()], hooks: noting(calls, 'own') })
  await agent.run('What is the weather in Paris?', { toolChoice: 'required' })
  const kinds = calls.map((call) => call.replace('own ', ''))
  expect(kinds.slice(0, 4)).toEqual(['onConnection', 'onMessage', 'beforeToolCall', 'afterToolCall'])
  expect(kinds.slice(-2)).toEqual(['onMessage', 'finalize'])
  for (const once of ['onConnection', 'finalize'])
    expect(kinds.filter((kind) => kind === once)).toHaveLength(1)
})

test("an agent's own hooks run before those of its skills", async ({ client }) => {
  const calls: string[] = []
  const skills = ['first', 'second'].map((name) => ({ name, hooks: noting(calls, name) }))
  const agent = agentOn(client, { hooks: noting(calls, 'own'), skills })
  await agent.run('Is it raining?')
  expect(calls).toEqual(
    ['onConnection', 'onMessage', 'finalize'].flatMap((name) =>
      ['own', 'first', 'second'].map((who) => `${who} ${name}`),
    ),
  )
})

test('each hook receives the details of its event', async ({ client }) => {
  const told: Record<string, unknown> = {}
  const hooks: Hooks = {
    onConnection: ({ agent, runId, messages }) => {
      told['onConnection'] = { agent, runId, messages: messages.length }
    },
    onMessage: ({ role }) => {
      told['onMessage'] = role
    },
    beforeToolCall: ({ function: called }) => {
      told['beforeToolCall'] = called.name
    },
    afterToolCall: (_, { isError }) => {
      told['afterToolCall'] = isError
    },
    finalize: ({ usage, messages }) => {
      told['finalize'] = { requests: usage.total.requests, messages: messages.length }
    },
  }
  const agent = agentOn(client, { tools: [weatherTool()], hooks })
  const { messages, usage } = await agent.run('What is the weather in Lagos?', { toolChoice: 'required' })
  expect(told).toEqual({
    onConnection: { agent: 'meteorologist', runId: 1, messages: 2 },
    onMessage: 'assistant',
    beforeToolCall: 'get_weather',
    afterToolCall: false,
    finalize: { requests: usage.total.requests, messages: messages.length },
  })
})

test('onChunk is called before the caller gets the chunk', async ({ client }) => {
  const told: string[] = []
  const agent = agentOn(client, { hooks: { onChunk: ({ id }) => void told.push(id) } })
  let got = 0
  for await (const chunk of agent.runStreaming('Is it snowing?')) {
    expect(told).toHaveLength(++got)
    expect(told.at(-1)).toBe(chunk.id)
  }
  expect(got).toBeGreaterThan(2)
})

test('onChunk is not called without streaming', async ({ client }) => {
  const told: string[] = []
  await agentOn(client, { hooks: { onChunk: ({ id }) => void told.push(id) } }).run('Is it hailing?')
  expect(told).toEqual([])
})

for (const hook of ['onConnection', 'onMessage', 'onChunk', 'beforeToolCall', 'afterToolCall'] as const) {
  test(`when ${hook} throws, the run fails and is still finalized`, REPEATING, async ({ client }) => {
    const asked = ['What is the weather in Zürich?', { toolChoice: 'required' }] as const
    // A hook that throws leaves its stream, which is then no recording: this is one.
    await collect(agentOn(client, { tools: [weatherTool()] }).runStreaming(...asked))
    const cause = new Error(`${hook} is broken`)
    let finalized = 0
    const agent = agentOn(client, {
      tools: [weatherTool()],
      hooks: {
        [hook]: () => {
          throw cause
        },
        finalize: () => void finalized++,
      },
    })
    await expect(collect(agent.runStreaming(...asked))).rejects.toThrow(new HookError(hook, cause))
    expect([finalized, agent.running]).toEqual([1, 0])
  })
}

test('when finalize throws, the run fails, and an earlier error is kept', async ({ client }) => {
  const finalize = (): void => {
    throw new Error('too late')
  }
  const onMessage = (): void => {
    throw new Error('too early')
  }
  await expect(agentOn(client, { hooks: { finalize } }).run('Is it foggy?')).rejects.toMatchObject({
    name: 'HookError',
    hook: 'finalize',
  })
  await expect(agentOn(client, { hooks: { finalize, onMessage } }).run('Is it misty?')).rejects.toMatchObject(
    {
      name: 'SuppressedError',
      error: { hook: 'finalize' },
      suppressed: { hook: 'onMessage' },
    },
  )
})
