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

test('where a model is not to be had, the next one answers', async ({ client }) => {
  const failed: string[] = []
  const agent = agentOn(client, {
    model: NO_MODEL,
    fallbacks: ['no-model-either', OTHER_MODEL],
    onFallback: (model, { code }) => void failed.push(`${model}: ${code}`),
  })
  const { completion } = await agent.run('Who is there?')
  expect(completion.model.startsWith(OTHER_MODEL)).toBe(true)
  expect(failed).toEqual([`${NO_MODEL}: model_not_found`, 'no-model-either: model_not_found'])
})

test('a stream falls back before its first chunk', async ({ client }) => {
  const agent = agentOn(client, { model: NO_MODEL, fallbacks: [MODEL] })
  const { chunks, result } = await collect(agent.runStreaming('Who is here?'))
  expect(chunks.every(({ model }) => model.startsWith(MODEL))).toBe(true)
  expect(result.text).not.toBe('')
})

test('where no model is to be had, the last error is thrown', async ({ client }) => {
  const agent = agentOn(client, { model: NO_MODEL, fallbacks: ['no-model-either'] })
  const error: unknown = await agent.run('Who was here?').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(APIError)
  expect(String(error)).toContain('no-model-either')
})

test('a bad request is not given to another model', async ({ client }) => {
  const failed: string[] = []
  const agent = agentOn(client, {
    model: SMALL_MODEL,
    maxTokens: 8192,
    fallbacks: [OTHER_MODEL],
    onFallback: (model) => void failed.push(model),
  })
  await expect(agent.run('What is wrong here?')).rejects.toBeInstanceOf(BadRequestError)
  expect(failed).toEqual([])
})

test('an agent answers after a run that failed', async ({ client }) => {
  const agent = agentOn(client, { tools: [weatherTool()] })
  const failing = agent.run('What is the weather in Paris?', { toolChoice: 'required', maxTurns: 1 })
  await expect(failing).rejects.toThrow('no answer')
  const { text } = await agent.run('Is it warm in Paris?', { toolChoice: 'none' })
  expect(text).not.toBe('')
  expect(agent.running).toBe(0)
})

describe.skipIf(isReal)(MADE_UP, () => {
  test('a rate limit is waited for within a run', async ({ connect, counted }) => {
    const { text } = await agentOn(connect({ fetch: counted.fetch }), { model: RATE_LIMITED_ONCE }).run(
      'Now?',
    )
    expect(text).toContain('Now?')
    expect(counted.statuses).toEqual([429, 200])
  })

  test('a stream that was refused once is streamed the second time', async ({ connect, counted }) => {
    const agent = agentOn(connect({ fetch: counted.fetch }), { model: BROKEN_ONCE })
    const { result } = await collect(agent.runStreaming('And now?'))
    expect(result.text).toContain('And now?')
    expect(counted.statuses).toEqual([500, 200])
  })

  test('a model that stays broken is tried three times, then the next answers', async ({
    connect,
    counted,
  }) => {
    const client = connect({ fetch: counted.fetch })
    const { completion } = await agentOn(client, { model: BROKEN, fallbacks: [MODEL] }).run('At last?')
    expect(completion.model.startsWith(MODEL)).toBe(true)
    expect(counted.statuses).toEqual([500, 500, 500, 200])
  })
})
