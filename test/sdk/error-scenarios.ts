import { APIError } from 'openai'
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions'
import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

function asking(model: string): ChatCompletionCreateParamsNonStreaming {
  return { model, messages: [{ role: 'user', content: 'Hello' }] }
}

/** What a program sees of an error. Account ids in it are taken out of a recording. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    (value) => new Error(`no failure but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof APIError)) throw error
  const { status, code, type, param, requestID } = error
  return {
    name: error.constructor.name,
    message: error.message.replace(/org-\w+/, 'org-*'),
    status,
    code,
    type,
    param,
    requestID,
  }
}

const REQUEST_ID = expect.stringMatching(/^req_/)

export const errorScenarios: readonly Scenario[] = [
  {
    name: 'a bad request',
    run: (client) => failure(client.responses.create({ input: 'Hello' })),
    expected: {
      name: 'BadRequestError',
      status: 400,
      code: 'missing_required_parameter',
      param: 'model',
      requestID: REQUEST_ID,
    },
  },
  {
    name: 'a key that is wrong',
    run: (client) => failure(client.withOptions({ apiKey: 'sk-bad-key-0123456789abcdefghij' }).models.list()),
    expected: { name: 'AuthenticationError', status: 401, code: 'invalid_api_key', requestID: REQUEST_ID },
  },
  {
    name: 'a model that does not exist',
    run: (client) => failure(client.chat.completions.create(asking('gpt-nobody'))),
    expected: { name: 'NotFoundError', status: 404, code: 'model_not_found', requestID: REQUEST_ID },
  },
  {
    name: 'an error where a stream was wanted',
    run: (client) => failure(client.responses.create({ model: 'gpt-nobody', input: 'Hello', stream: true })),
    expected: { name: 'NotFoundError', status: 404, code: 'model_not_found' },
  },
  {
    name: 'a URL that does not exist',
    run: (client) => failure(client.get('/no/such/thing')),
    expected: { name: 'NotFoundError', status: 404, code: 'invalid_url' },
  },
  {
    name: 'a rate limit that the client does not wait for',
    run: (client) => failure(client.chat.completions.create(asking('rate-limited-once'), { maxRetries: 0 })),
    expected: { name: 'RateLimitError', status: 429, code: 'rate_limit_exceeded', type: 'requests' },
  },
  {
    name: 'a rate limit that the client waits for, and then the answer',
    run: (client) => client.chat.completions.create(asking('rate-limited-once')),
    expected: { object: 'chat.completion', model: 'gpt-4o-mini-2024-07-18' },
  },
  {
    name: 'an error in the middle of a chat stream, after what came before it',
    async run(client) {
      const { model, messages } = asking('server-error-mid-stream')
      const told: unknown[] = []
      const error = await failure(
        (async () => {
          for await (const chunk of await client.chat.completions.create({ model, messages, stream: true }))
            told.push(chunk)
        })(),
      )
      return { told, error }
    },
    expected: {
      told: { length: 5 },
      error: { name: 'APIError', type: 'server_error', message: expect.stringContaining('had an error') },
    },
  },
  {
    name: 'an error in the middle of a response stream, after what came before it',
    async run(client) {
      const told: string[] = []
      const error = await failure(
        (async () => {
          const asked = { model: 'server-error-mid-stream', input: 'Hello', stream: true } as const
          for await (const { type } of await client.responses.create(asked)) told.push(type)
        })(),
      )
      return { told, error }
    },
    expected: {
      told: ['response.created', 'response.in_progress', ...Array<unknown>(3).fill(expect.any(String))],
      error: { name: 'APIError', type: 'server_error', message: expect.stringContaining('had an error') },
    },
  },
  {
    name: 'an error of the server',
    run: (client) => failure(client.chat.completions.create(asking('server-error'), { maxRetries: 0 })),
    expected: { name: 'InternalServerError', status: 500, type: 'server_error' },
  },
]
