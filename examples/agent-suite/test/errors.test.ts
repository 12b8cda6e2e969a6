import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  type OpenAI,
} from 'openai'
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources'
import { describe, expect } from 'vitest'
import { BROKEN, BROKEN_ONCE, MODEL, NO_MODEL, RATE_LIMITED_ONCE, SMALL_MODEL } from './support/models.ts'
import { isReal, MADE_UP } from './support/real.ts'
import { test } from './support/suite.ts'

function ask(
  client: OpenAI,
  params: Partial<ChatCompletionCreateParamsNonStreaming> = {},
): Promise<ChatCompletion> {
  const messages = [{ role: 'user' as const, content: 'Are you there?' }]
  return client.chat.completions.create({ model: MODEL, messages, ...params })
}

/** The error that a promise ends with. */
async function errorOf(promise: Promise<unknown>): Promise<APIError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof APIError) return error
  throw new Error('the API did not refuse', { cause: error })
}

test('a temperature that is too high is a 400 that names the parameter', async ({ client }) => {
  const error = await errorOf(ask(client, { temperature: 3 }))
  expect(error).toBeInstanceOf(BadRequestError)
  expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: 'temperature' })
  expect(error.code).toBe('decimal_above_max_value')
})

test('an empty list of messages is a 400', async ({ client }) => {
  const error = await errorOf(ask(client, { messages: [] }))
  expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: 'messages' })
})

test('exceeding the context length is a 400 with its own code', async ({ client }) => {
  const error = await errorOf(ask(client, { model: SMALL_MODEL, max_tokens: 8192 }))
  expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded', param: 'messages' })
  expect(error.message).toContain('8192 tokens')
})

test('a wrong key is a 401 that does not repeat the key', async ({ connect }) => {
  const apiKey = 'sk-bad-key-of-the-agent-suite'
  const error = await errorOf(ask(connect({ apiKey })))
  expect(error).toBeInstanceOf(AuthenticationError)
  expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
  expect(error.message).not.toContain(apiKey)
})

test('an unknown model is a 404', async ({ client }) => {
  const error = await errorOf(ask(client, { model: NO_MODEL }))
  expect(error).toBeInstanceOf(NotFoundError)
  expect(error).toMatchObject({ status: 404, code: 'model_not_found', type: 'invalid_request_error' })
  expect(error.message).toContain(NO_MODEL)
})

test('an error has the id of its request', async ({ client }) => {
  const error = await errorOf(ask(client, { model: 'no-model-either' }))
  expect(error.requestID).toMatch(/^req_\w+$/)
})

test('a refused stream fails before its first chunk', async ({ client }) => {
  const messages = [{ role: 'user' as const, content: 'Are you there?' }]
  const asked = client.chat.completions.create({ model: NO_MODEL, messages, stream: true })
  expect(await errorOf(asked)).toMatchObject({ status: 404, code: 'model_not_found' })
})

describe.skipIf(isReal)(MADE_UP, () => {
  test('a 429 is retried and then answered', async ({ connect, counted }) => {
    const completion = await ask(connect({ fetch: counted.fetch }), { model: RATE_LIMITED_ONCE })
    expect(completion.choices[0]?.finish_reason).toBe('stop')
    expect(counted.statuses).toEqual([429, 200])
  })

  test('a 500 is retried and then answered', async ({ connect, counted }) => {
    const completion = await ask(connect({ fetch: counted.fetch }), { model: BROKEN_ONCE })
    expect(completion.choices[0]?.finish_reason).toBe('stop')
    expect(counted.statuses).toEqual([500, 200])
  })

  test('a 500 that persists fails after two retries', async ({ connect, counted }) => {
    const error = await errorOf(ask(connect({ fetch: counted.fetch }), { model: BROKEN }))
    expect(error).toBeInstanceOf(InternalServerError)
    expect(counted.statuses).toEqual([500, 500, 500])
  })
})
