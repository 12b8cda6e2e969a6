import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type FaultRule, type JournalEntry, openCassette } from '../../src/index.ts'
import { ERROR_NAMES } from '../../src/openai/errors/catalogue.ts'
import { startStandIn } from '../stand-in/start.ts'
import { asked, chat, FAULTS, STREAMS } from './fault-scenarios.ts'
import { throughFetch, throughMsw, throughServer, type Way } from './ways.ts'

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

/** How an error is raised from a stream whose code is another than its name. */
const IN_STREAM: Readonly<Record<string, RegExp>> = {
  rate_limit_requests: /^APIError rate_limit_exceeded /,
  rate_limit_tokens: /^APIError rate_limit_exceeded /,
  server_error: /^APIError (?:null|server_error) The server had an error/,
  connect_error: /^APIError (?:null|server_error) upstream connect error/,
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

test('every fault of plain requests is driven through the SDK', async () => {
  // The message about a rule without an effect lists all effects.
  const empty = openCassette('sdk', { dir: recorded, faults: [{}] })
  const message = await empty.then(String, (error: Error) => error.message)
  const [, faults = ''] = /give it one of (.*)$/.exec(message) ?? []
  // `close` is for WebSockets: test/sdk/socket-faults.test.ts.
  expect([...Object.keys(FAULTS), 'close'].toSorted()).toEqual(
    [...faults.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted(),
  )
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

  for (const [fault, scenarios] of Object.entries(FAULTS)) {
    for (const [what, { rule, ask, seen, came = ['faulted'] }] of Object.entries(scenarios)) {
      test(`${way.name}: ${fault}: ${what}`, async () => {
        const { client, end } = await scene(way, [rule])
        expect(await ask(client)).toEqual(seen)
        expect(outcomes(await end())).toEqual(came)
      })
    }
  }

  for (const [name, stream] of Object.entries(STREAMS)) {
    test(`${way.name}: every error of the catalogue in a ${name} stream is an APIError with its code`, async () => {
      const { client, end } = await scene(
        way,
        ERROR_NAMES.map((error, i) => ({ nth: i + 1, errorEvent: { at: 3, error } })),
      )
      const seen: unknown[] = []
      for (const _ of ERROR_NAMES) seen.push(await stream(client))
      const raised = (error: string): unknown =>
        expect.stringMatching(IN_STREAM[error] ?? new RegExp(`^APIError ${error} `))
      expect(seen).toEqual(ERROR_NAMES.map((error) => ({ events: 2, error: raised(error) })))
      expect(outcomes(await end())).toEqual(times(ERROR_NAMES.length))
    })
  }
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
