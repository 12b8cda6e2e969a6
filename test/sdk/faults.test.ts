import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type FaultRule, type JournalEntry, openCassette } from '../../src/index.ts'
import { ERROR_NAMES } from '../../src/openai/faults/catalogue.ts'
import { startStandIn } from '../stand-in/start.ts'
import { throughFetch, throughMsw, throughServer, type Way } from './ways.ts'

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hello' }] }
const asked = { model: 'gpt-4o-mini', input: 'Hello' }

/** The names of the catalogue, each with the class that the SDK raises and how often it asks. */
const ERRORS: Readonly<
  Record<string, readonly [kind: { readonly name: string }, status: number, asks: number]>
> = {
  context_length_exceeded: [BadRequestError, 400, 1],
  invalid_api_key: [AuthenticationError, 401, 1],
  unsupported_country_region_territory: [PermissionDeniedError, 403, 1],
  model_not_found: [NotFoundError, 404, 1],
  rate_limit_requests: [RateLimitError, 429, 3],
  rate_limit_tokens: [RateLimitError, 429, 3],
  insufficient_quota: [RateLimitError, 429, 3],
  server_error: [InternalServerError, 500, 3],
  server_is_overloaded: [InternalServerError, 503, 3],
  connect_error: [InternalServerError, 503, 3],
}

interface Scene {
  readonly client: OpenAI
  end(): Promise<readonly JournalEntry[]>
}

let recorded: string

beforeAll(async () => {
  recorded = await record()
  return () => rm(recorded, { recursive: true, force: true })
})

/** A chat completion, once as a stream, and a Responses stream. */
async function record(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-test-'))
  const upstream = await startStandIn()
  const recording = await openCassette('sdk', { mode: 'record', dir, upstream: upstream.url })
  const client = new OpenAI({ apiKey: 'sk-any', fetch: recording.fetch })
  await client.chat.completions.create(chat)
  await drain(await client.chat.completions.create({ ...chat, stream: true }))
  await drain(await client.responses.create({ ...asked, stream: true }))
  await recording.close()
  await upstream.close()
  return dir
}

async function scene(way: Way, faults: readonly FaultRule[]): Promise<Scene> {
  const opening = { mode: 'replay', dir: recorded, upstream: 'http://127.0.0.1:9', faults } as const
  const { client, end } = await way.open(opening)
  return {
    client: new OpenAI({ apiKey: 'sk-any', logLevel: 'off', ...client }),
    end: async () => (await end()).journal,
  }
}

async function drain(stream: AsyncIterable<unknown>): Promise<number> {
  let events = 0
  for await (const _ of stream) events++
  return events
}

async function failure(asking: Promise<unknown>): Promise<unknown> {
  return asking.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

const outcomes = (journal: readonly JournalEntry[]): string[] => journal.map(({ outcome }) => outcome)
const times = (count: number): string[] => Array.from({ length: count }, () => 'faulted')

test('every error of the catalogue is driven through the SDK', () => {
  expect(Object.keys(ERRORS).toSorted()).toEqual(ERROR_NAMES.toSorted())
})

for (const way of [throughFetch, throughMsw, throughServer]) {
  for (const [name, [kind, status, asks]] of Object.entries(ERRORS)) {
    test(`${way.name}: ${name} is the SDK's ${kind.name}, after ${asks} request${asks === 1 ? '' : 's'}`, async () => {
      const { client, end } = await scene(way, [{ error: name }])
      const error = await failure(client.chat.completions.create(chat))
      expect((error as Error).constructor.name).toBe(kind.name)
      expect(error).toMatchObject({ status })
      expect(outcomes(await end())).toEqual(times(asks))
    })
  }

  test(`${way.name}: what the SDK asks again for, it gets`, async () => {
    const { client, end } = await scene(way, [
      { nth: 1, error: 'rate_limit_tokens' },
      { nth: 2, error: 'server_error' },
    ])
    expect((await client.chat.completions.create(chat)).object).toBe('chat.completion')
    expect(outcomes(await end())).toEqual(['faulted', 'faulted', 'hit'])
  })

  test(`${way.name}: a connection that is reset is an APIConnectionError`, async () => {
    const { client, end } = await scene(way, [{ reset: true }])
    const error = await failure(client.chat.completions.create(chat, { maxRetries: 0 }))
    expect(error).toBeInstanceOf(APIConnectionError)
    expect(error).not.toBeInstanceOf(APIConnectionTimeoutError)
    expect(outcomes(await end())).toEqual(times(1))
  })

  test(`${way.name}: what is never answered is an APIConnectionTimeoutError`, async () => {
    const { client, end } = await scene(way, [{ timeout: true }])
    const asking = client.chat.completions.create(chat, { timeout: 30, maxRetries: 0 })
    expect(await failure(asking)).toBeInstanceOf(APIConnectionTimeoutError)
    expect(outcomes(await end())).toEqual(times(1))
  })

  test(`${way.name}: a stream that breaks throws where it breaks, and is asked for once`, async () => {
    const { client, end } = await scene(way, [{ cut: { after: 2 } }])
    const { events, error } = await read(client.chat.completions.create({ ...chat, stream: true }))
    expect([events, String(error)]).toEqual([2, expect.stringMatching(/terminated|Connection error/)])
    expect(outcomes(await end())).toEqual(times(1))
  })

  test(`${way.name}: a corrupted event is a SyntaxError`, async () => {
    const { client } = await scene(way, [{ corrupt: { event: 3 } }])
    const { events, error } = await read(client.chat.completions.create({ ...chat, stream: true }))
    expect([events, (error as Error).name]).toEqual([2, 'SyntaxError'])
  })

  test(`${way.name}: an error in a chat stream is an APIError with its code`, async () => {
    const { client } = await scene(way, [{ errorEvent: { at: 3, error: 'server_is_overloaded' } }])
    const { events, error } = await read(client.chat.completions.create({ ...chat, stream: true }))
    expect(events).toBe(2)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ code: 'server_is_overloaded', type: 'service_unavailable_error' })
  })

  test(`${way.name}: an error in a Responses stream is an APIError with its code`, async () => {
    const { client } = await scene(way, [{ errorEvent: { at: 3, error: 'insufficient_quota' } }])
    const { events, error } = await read(client.responses.create({ ...asked, stream: true }))
    expect(events).toBe(2)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ code: 'insufficient_quota' })
  })
}

test('a connection that is reset is asked again for, as often as the SDK does, and then answered', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { client, end } = await scene(throughFetch, [{ first: 2, reset: true }])
  const asking = client.chat.completions.create(chat)
  // Nothing tells the SDK how long to wait: it does so for up to a second.
  await vi.advanceTimersByTimeAsync(5_000)
  expect((await asking).object).toBe('chat.completion')
  expect(outcomes(await end())).toEqual(['faulted', 'faulted', 'hit'])
})

async function read(
  asking: PromiseLike<AsyncIterable<unknown>>,
): Promise<{ events: number; error: unknown }> {
  let events = 0
  try {
    for await (const _ of await asking) events++
    return { events, error: 'no failure' }
  } catch (error) {
    return { events, error }
  }
}
