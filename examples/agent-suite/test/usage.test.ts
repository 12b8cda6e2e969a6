import { describe, expect, test as plain } from 'vitest'
import { UsageLog } from '../agent/usage.ts'
import { agentOn, weatherTool } from './support/agents.ts'
import { collect } from './support/collect.ts'
import { MODEL, NO_MODEL, OTHER_MODEL } from './support/models.ts'
import { test } from './support/suite.ts'

test('a run reports the tokens of its response', async ({ client }) => {
  const { completion, usage } = await agentOn(client).run('How deep is the sea?')
  expect(usage.total).toEqual({
    requests: 1,
    promptTokens: completion.usage?.prompt_tokens,
    completionTokens: completion.usage?.completion_tokens,
    totalTokens: completion.usage?.total_tokens,
  })
  expect(usage.total.totalTokens).toBeGreaterThan(0)
})

test('a run with tools adds up all its requests', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const { completion, usage } = await agent.run('Is it cold in Lagos?', { toolChoice: 'required' })
  expect(usage.total.requests).toBeGreaterThan(1)
  expect(usage.total.totalTokens).toBeGreaterThan(completion.usage?.total_tokens ?? Infinity)
  expect(usage.total.totalTokens).toBe(usage.total.promptTokens + usage.total.completionTokens)
})

test('a streamed run adds up the usage of every stream', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const streamed = agent.runStreaming('Is it cold in Paris?', { toolChoice: 'required' })
  const { chunks, result } = await collect(streamed)
  const told = chunks.flatMap(({ usage }) => usage?.total_tokens ?? [])
  expect(told).toHaveLength(result.usage.total.requests)
  expect(result.usage.total.totalTokens).toBe(told.reduce((sum, tokens) => sum + tokens, 0))
})

test('an agent adds up its runs by model', async ({ client }) => {
  const agent = agentOn(client)
  const runs = [await agent.run('How high is the sky?'), await agent.run('How far is the moon?')]
  const sum = runs.reduce((tokens, { usage }) => tokens + usage.total.totalTokens, 0)
  expect(agent.usage.total).toMatchObject({ requests: 2, totalTokens: sum })
  const answered = runs[0]?.completion.model ?? ''
  expect(answered.startsWith(MODEL)).toBe(true)
  expect(Object.keys(agent.usage.byModel)).toEqual([answered])
})

test('usage counts for the fallback, not for the model that failed', async ({ client }) => {
  const agent = agentOn(client, { model: NO_MODEL, fallbacks: [OTHER_MODEL] })
  await agent.run('How old is the sun?')
  const [[model, usage] = [], ...others] = Object.entries(agent.usage.byModel)
  expect(model?.startsWith(OTHER_MODEL)).toBe(true)
  expect(usage?.requests).toBe(1)
  expect(others).toEqual([])
})

describe('UsageLog', () => {
  plain('adds up by model and in total', () => {
    const log = new UsageLog()
    log.add('a', { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 })
    log.add('b', { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 })
    log.add('a', { prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 })
    expect(log.total).toEqual({ requests: 3, promptTokens: 15, completionTokens: 27, totalTokens: 42 })
    expect(log.byModel['a']).toEqual({ requests: 2, promptTokens: 5, completionTokens: 7, totalTokens: 12 })
  })

  plain('counts a request without usage', () => {
    const log = new UsageLog()
    log.add('a', null)
    expect(log.total).toEqual({ requests: 1, promptTokens: 0, completionTokens: 0, totalTokens: 0 })
  })
})
