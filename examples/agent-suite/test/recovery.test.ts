import { APIError, BadRequestError } from 'openai'
import { describe, expect } from 'vitest'
import { agentOn, weatherTool } from './support/agents.ts'
import { collect } from './support/collect.ts'
import {
  BROKEN,
  BROKEN_ONCE,
  MODEL,
  NO_MODEL,
  OTHER_MODEL,
  RATE_LIMITED_ONCE,
  SMALL_MODEL,
} from './support/models.ts'
import { isReal, MADE_UP } from './support/real.ts'
import { test } from './support/suite.ts'

test('when a model is unavailable, the next one answers', async ({ client }) => {
  const failed: string[] = []
  const agent = agentOn(client, {
    model: NO_MODEL,
    fallbacks: ['no-model-either', OTHER_MODEL],
    onFallback: (model, { code }) => void failed.push(`${model}: ${code}`),
  })
  const { completion } = await agent.run('Who are you?')
  expect(completion.model.startsWith(OTHER_MODEL)).toBe(true)
  expect(failed).toEqual([`${NO_MODEL}: model_not_found`, 'no-model-either: model_not_found'])
})

test('a stream falls back before its first chunk', async ({ client }) => {
  const agent = agentOn(client, { model: NO_MODEL, fallbacks: [MODEL] })
  const { chunks, result } = await collect(agent.runStreaming('Who are you?'))
  expect(chunks.every(({ model }) => model.startsWith(MODEL))).toBe(true)
  expect(result.text).not.toBe('')
})

test('when no model is available, the last error is thrown', async ({ client }) => {
  const agent = agentOn(client, { model: NO_MODEL, fallbacks: ['no-model-either'] })
  const error: unknown = await agent.run('Who are you?').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(APIError)
  expect(String(error)).toContain('no-model-either')
})

test('a bad request is not sent to another model', async ({ client }) => {
  const failed: string[] = []
  const agent = agentOn(client, {
    model: SMALL_MODEL,
    maxTokens: 8192,
    fallbacks: [OTHER_MODEL],
    onFallback: (model) => void failed.push(model),
  })
  await expect(agent.run('Who are you?')).rejects.toBeInstanceOf(BadRequestError)
  expect(failed).toEqual([])
})

test('an agent can run again after a failed run', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const failing = agent.run('What is the weather in Paris?', { toolChoice: 'required', maxTurns: 1 })
  await expect(failing).rejects.toThrow('no answer')
  const { text } = await agent.run('Is it warm in Paris?', { toolChoice: 'none' })
  expect(text).not.toBe('')
  expect(agent.running).toBe(0)
})

describe.skipIf(isReal)(MADE_UP, () => {
  test('a rate limit is waited out within a run', async ({ connect, counted }) => {
    const { text } = await agentOn(connect({ fetch: counted.fetch }), { model: RATE_LIMITED_ONCE }).run(
      'Say the number 5 and nothing else.',
    )
    expect(text).toContain('5')
    expect(counted.statuses).toEqual([429, 200])
  })

  test('a refused stream is retried', async ({ connect, counted }) => {
    const agent = agentOn(connect({ fetch: counted.fetch }), { model: BROKEN_ONCE })
    const { result } = await collect(agent.runStreaming('Say the number 6 and nothing else.'))
    expect(result.text).toContain('6')
    expect(counted.statuses).toEqual([500, 200])
  })

  test('after three failures of one model, the next one answers', async ({ connect, counted }) => {
    const client = connect({ fetch: counted.fetch })
    const { completion } = await agentOn(client, { model: BROKEN, fallbacks: [MODEL] }).run(
      'Say the number 7 and nothing else.',
    )
    expect(completion.model.startsWith(MODEL)).toBe(true)
    expect(counted.statuses).toEqual([500, 500, 500, 200])
  })
})
