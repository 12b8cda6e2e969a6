import type OpenAI from 'openai'
import { APIError } from 'openai'
import { expect } from 'vitest'
import type { FaultRule, JournalOutcome } from '../../src/index.ts'

export const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hello' }] }
export const asked = { model: 'gpt-4o-mini', input: 'Hello' }

/** Something that a program asks of the SDK; gives what it gets, or what it is thrown. */
type Ask = (client: OpenAI) => Promise<unknown>

const plainly: Ask = (client) => said(client.chat.completions.create(chat))
const once: Ask = (client) => said(client.chat.completions.create(chat, { maxRetries: 0 }))
const impatiently: Ask = (client) =>
  said(client.chat.completions.create(chat, { maxRetries: 0, timeout: 30 }))
const chatStream: Ask = (client) => read(client.chat.completions.create({ ...chat, stream: true }))
const responsesStream: Ask = (client) => read(client.responses.create({ ...asked, stream: true }))

export const STREAMS: Readonly<Record<string, Ask>> = { chat: chatStream, Responses: responsesStream }

interface FaultScenario {
  readonly rule: FaultRule
  readonly ask: Ask
  readonly seen: unknown
  /** What became of each request that the SDK made; one that the fault happened to unless told. */
  readonly came?: readonly JournalOutcome[]
}

const BROKEN: unknown = expect.stringMatching(
  /^(?:TypeError terminated|APIConnectionError .*Connection error)/,
)
const SYNTAX: unknown = expect.stringMatching(/^SyntaxError /)
const WHOLE = { events: expect.any(Number) as unknown, error: undefined }
const TOO_LATE = 'APIConnectionTimeoutError undefined Request timed out.'
const teapot = {
  status: 418,
  body: { error: { message: 'short and stout', code: 'teapot', type: 't', param: null } },
}

/** Every fault, with what the SDK makes of it. */
export const FAULTS: Readonly<Record<string, Readonly<Record<string, FaultScenario>>>> = {
  error: {
    'the SDK asks again, and has its answer': {
      rule: { first: 2, error: 'rate_limit_tokens' },
      ask: plainly,
      seen: 'chat.completion',
      came: ['faulted', 'faulted', 'hit'],
    },
    'a stream is refused as any request is': {
      rule: { error: 'invalid_api_key' },
      ask: chatStream,
      seen: { events: 0, error: expect.stringMatching(/^AuthenticationError invalid_api_key /) },
    },
  },
  answer: {
    'an answer of one’s own is an error by its status': {
      rule: { answer: teapot },
      ask: plainly,
      seen: 'APIError teapot 418 short and stout',
    },
    'one that says that asking again is of use is asked again for': {
      rule: { nth: 1, answer: { ...teapot, headers: { 'x-should-retry': 'true', 'retry-after-ms': '1' } } },
      ask: plainly,
      seen: 'chat.completion',
      came: ['faulted', 'hit'],
    },
  },
  delay: {
    'a late answer is one': { rule: { delay: 5 }, ask: plainly, seen: 'chat.completion' },
    'a late stream is one': { rule: { delay: 5 }, ask: chatStream, seen: WHOLE },
    'what is too late is an APIConnectionTimeoutError': {
      rule: { delay: 600_000 },
      ask: impatiently,
      seen: TOO_LATE,
    },
  },
  timeout: {
    'what is never answered is an APIConnectionTimeoutError': {
      rule: { timeout: true },
      ask: impatiently,
      seen: TOO_LATE,
    },
  },
  reset: {
    'a connection that is reset is an APIConnectionError': {
      rule: { reset: true },
      ask: once,
      seen: 'APIConnectionError undefined Connection error.',
    },
  },
  cut: {
    'a chat stream throws where it breaks, and is asked for once': {
      rule: { cut: { after: 2 } },
      ask: chatStream,
      seen: { events: 2, error: BROKEN },
    },
    'a Responses stream throws where it breaks, and is asked for once': {
      rule: { cut: { after: 2 } },
      ask: responsesStream,
      seen: { events: 2, error: BROKEN },
    },
    'an answer that breaks behind its head throws': { rule: { cut: { after: 0 } }, ask: once, seen: BROKEN },
  },
  stall: {
    'a chat stream that stalls is whole': {
      rule: { stall: { after: 1, ms: 5 } },
      ask: chatStream,
      seen: WHOLE,
    },
    'a Responses stream that stalls is whole': {
      rule: { stall: { after: 1, ms: 5 } },
      ask: responsesStream,
      seen: WHOLE,
    },
  },
  corrupt: {
    'an event of a chat stream is a SyntaxError': {
      rule: { corrupt: { event: 3 } },
      ask: chatStream,
      seen: { events: 2, error: SYNTAX },
    },
    'an event of a Responses stream is a SyntaxError': {
      rule: { corrupt: { event: 3 } },
      ask: responsesStream,
      seen: { events: 2, error: SYNTAX },
    },
    'an answer is a SyntaxError': { rule: { corrupt: { event: 1 } }, ask: once, seen: SYNTAX },
  },
  errorEvent: {
    'a chat stream throws an APIError with its code': {
      rule: { errorEvent: { at: 3, error: 'server_is_overloaded' } },
      ask: chatStream,
      seen: { events: 2, error: expect.stringMatching(/^APIError server_is_overloaded /) },
    },
    'a Responses stream throws an APIError with its code': {
      rule: { errorEvent: { at: 3, error: 'insufficient_quota' } },
      ask: responsesStream,
      seen: { events: 2, error: expect.stringMatching(/^APIError insufficient_quota /) },
    },
  },
}

/** What it answers, or what it throws. */
async function said(asking: PromiseLike<{ readonly object: string }>): Promise<string> {
  try {
    return (await asking).object
  } catch (error) {
    return inLine(error)
  }
}

async function read(
  asking: PromiseLike<AsyncIterable<unknown>>,
): Promise<{ events: number; error: string | undefined }> {
  let events = 0
  try {
    for await (const _ of await asking) events++
    return { events, error: undefined }
  } catch (error) {
    return { events, error: inLine(error) }
  }
}

/** The class, the code, the message. */
function inLine(error: unknown): string {
  const { name, message, constructor: kind } = error as Error
  return error instanceof APIError ? `${kind.name} ${error.code} ${message}` : `${name} ${message}`
}
