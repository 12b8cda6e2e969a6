import { Socket } from 'node:net'
import { expect } from 'vitest'
import { AgentClosedError } from '../agent/base-agent.ts'
import type { RunContext } from '../agent/hooks.ts'
import { agentOn, weatherTool } from './support/agents.ts'
import { collect } from './support/collect.ts'
import { REPEATING } from './support/kinds.ts'
import { test } from './support/suite.ts'

// A stream that is left early is no recording. So each of these tests asks its question to the end
// first; the cassette then answers it again, as `repeat: 'last'` has it.
const QUESTION = 'Explain the water cycle in four sentences.'

test(
  'leaving a stream early aborts its request and finalizes the run',
  REPEATING,
  async ({ client, connect, counted }) => {
    await collect(agentOn(client).runStreaming(QUESTION))
    const finalized: RunContext[] = []
    const hooks = { finalize: (context: RunContext) => void finalized.push(context) }
    const agent = agentOn(connect({ fetch: counted.fetch }), { hooks })
    let chunks = 0
    for await (const _ of agent.runStreaming(QUESTION)) if (++chunks === 3) break
    expect([chunks, finalized.length, agent.running]).toEqual([3, 1, 0])
    expect(counted.signals.map((signal) => signal?.aborted)).toEqual([true])
  },
)

test('an aborted stream throws the reason for the abort', REPEATING, async ({ client }) => {
  await collect(agentOn(client).runStreaming(QUESTION))
  const agent = agentOn(client)
  const abort = new AbortController()
  const reason = new Error('the user went home')
  const stream = agent.runStreaming(QUESTION, { signal: abort.signal })
  await stream.next()
  abort.abort(reason)
  await expect(collect(stream)).rejects.toBe(reason)
  expect(agent.running).toBe(0)
})

test('closing an agent ends its streams', REPEATING, async ({ client }) => {
  await collect(agentOn(client).runStreaming(QUESTION))
  const agent = agentOn(client)
  const stream = agent.runStreaming(QUESTION)
  await stream.next()
  expect(agent.running).toBe(1)
  await agent.close()
  await expect(collect(stream)).rejects.toThrow(new AgentClosedError('The agent meteorologist was closed'))
  expect(agent.running).toBe(0)
})

test('after an abort during a tool call, the model is not called again', async ({
  client,
  counted,
  connect,
}) => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const tools = [weatherTool(() => abort.abort(reason))]
  const agent = agentOn(connect({ fetch: counted.fetch }), { tools })
  const options = { toolChoice: 'required', signal: abort.signal } as const
  await expect(agent.run('What is the weather in Paris?', options)).rejects.toBe(reason)
  expect(counted.statuses).toEqual([200])
  await expect(agentOn(client).run('What is a rainbow?', { signal: abort.signal })).rejects.toBe(reason)
})

test('no socket stays open after runs that ended or were left early', REPEATING, async ({ client }) => {
  const before = openSockets().length
  await using agent = agentOn(client)
  await collect(agent.runStreaming(QUESTION))
  for await (const _ of agent.runStreaming(QUESTION)) break
  await agent.run('What is a rainbow?')
  await expect.poll(() => openSockets().length).toBeLessThanOrEqual(before)
  expect(agent.running).toBe(0)
})

test('a closed agent refuses to run, and can be closed again', async ({ client }) => {
  let closed = 0
  const agent = agentOn(client, { skills: [{ name: 'door', close: () => void closed++ }] })
  await Promise.all([agent.close(), agent.close()])
  await agent.close()
  expect(closed).toBe(1)
  await expect(agent.run('Who are you?')).rejects.toBeInstanceOf(AgentClosedError)
  await expect(agent.runStreaming('Who are you?').next()).rejects.toBeInstanceOf(AgentClosedError)
})

test('a skill that fails to close does not keep the others open', async ({ client }) => {
  let closed = 0
  const failing = {
    name: 'stuck',
    close: () => {
      throw new Error('it is stuck')
    },
  }
  const agent = agentOn(client, { skills: [failing, { name: 'door', close: () => void closed++ }] })
  await expect(agent.close()).rejects.toMatchObject({ errors: [new Error('it is stuck')] })
  expect(closed).toBe(1)
})

test('await using closes the agent at the end of the block', async ({ client }) => {
  let closed = 0
  {
    await using agent = agentOn(client, { skills: [{ name: 'door', close: () => void closed++ }] })
    await agent.run('What is a barometer?')
    expect(closed).toBe(0)
  }
  expect(closed).toBe(1)
})

/** Those that keep the process alive: a connection that idles in a pool does not. */
function openSockets(): readonly Socket[] {
  // Not documented, but all that names them.
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] }
  return handles().filter((handle) => handle instanceof Socket && !handle.destroyed) as Socket[]
}
