import { expect } from 'vitest'
import { agentOn, weatherTool } from './support/agents.ts'
import { TIMED } from './support/kinds.ts'
import { test } from './support/suite.ts'

// Order and sums only: how long anything takes is the machine's business.

test('the first chunk arrives before the last, and time never goes back', TIMED, async ({ client }) => {
  const arrivals: number[] = []
  const stream = agentOn(client).runStreaming('How long does it take to boil an egg?')
  let timing
  for (;;) {
    const { done, value } = await stream.next()
    if (done === true) {
      ;({ timing } = value)
      break
    }
    arrivals.push(performance.now())
  }
  expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b))
  expect(timing.firstChunkMs).toBeGreaterThan(0)
  expect(timing.firstChunkMs).toBeLessThan(timing.totalMs)
})

test('with recorded timing, other code runs between two chunks', TIMED, async ({ client }) => {
  const seen: number[] = []
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  for await (const _ of agentOn(client).runStreaming('What is a barometer?')) seen.push(turns)
  clearInterval(turning)
  expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? Infinity)
})

test('the total time includes the time of models and tools', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const { timing } = await agent.run('What is the weather in Paris?', { toolChoice: 'required' })
  expect(timing.modelMs).toBeGreaterThan(0)
  expect(timing.toolMs).toBeGreaterThan(0)
  expect(timing.modelMs + timing.toolMs).toBeLessThanOrEqual(timing.totalMs)
  expect(timing.firstChunkMs).toBeUndefined()
})

test('the timing of a run does not change after its end', async ({ client }) => {
  const { timing } = await agentOn(client).run('What time is it?')
  const ended = timing.totalMs
  await agentOn(client).run('What is a rainbow?')
  expect(timing.totalMs).toBe(ended)
})
