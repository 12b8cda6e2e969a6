import type { Cassette, Interaction } from '../../../src/cassette/cassette.ts'
import { printCassette } from '../../../src/cassette/notation/text.ts'
import { encodeText } from '../../../src/http/bytes.ts'
import type { Headers, OutgoingRequest } from '../../../src/http/message.ts'
import { type Clock, type Upstream, UpstreamError, type UpstreamResponse } from '../../../src/engine/ports.ts'
import { SpendingCap } from '../../../src/rerecord/spending-cap.ts'
import { planRerecord } from '../../../src/rerecord/plan.ts'
import { rerecord, type RerecordResult } from '../../../src/rerecord/rerecord.ts'
import { FileStore } from '../../../src/node/file-store.ts'
import { openai } from '../../../src/openai/dialect.ts'
import { tempDir } from '../../support/temp.ts'
import { compositionOf } from '../../support/composition.ts'

/** What was sent to the upstream. */
export interface Sent {
  readonly base: string
  readonly method: string
  readonly target: string
  readonly headers: Headers
  readonly body: string
}

/** An answer: a status and what is printed as JSON; or what goes wrong. */
export type Answer =
  | readonly [status: number, json: unknown, headers?: Readonly<Record<string, string>>]
  | Error

export interface Ran {
  readonly outcome: RerecordResult
  readonly sent: readonly Sent[]
  /** What was waited for, in ms. */
  readonly slept: readonly number[]
  readonly said: readonly string[]
}

/** Records interactions anew, without a network and without time. */
export async function ran(
  interactions: readonly Interaction[],
  answer: (sent: Sent, nth: number) => Answer,
  more: {
    env?: Record<string, string>
    connect?: Upstream['connect']
    signal?: AbortSignal
    hangs?: boolean
  } = {},
): Promise<Ran> {
  const dir = await tempDir()
  const store = new FileStore(dir)
  const cassette: Cassette = {
    version: 1,
    upstream: 'https://api.openai.com',
    recordedAt: '2020-01-02',
    interactions,
  }
  const printed = printCassette(cassette)
  await store.update('chain', () => printed)
  const [sent, slept, said]: [Sent[], number[], string[]] = [[], [], []]
  const clock: Clock = {
    now: () => 0,
    today: () => '2026-11-23',
    sleep: async (ms, signal) => {
      if (ms === CLOSING || (ms === LIMIT && !more.hangs))
        return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()))
      // What is about to happen goes before: nothing takes time here.
      await new Promise(setImmediate)
      if (!signal?.aborted) slept.push(ms)
    },
  }
  const nobody = (): Promise<never> => Promise.reject(new Error('there is nobody to talk to'))
  const upstream: Upstream = {
    send: async (base, request, signal) => {
      const one = await sentBy(base, request)
      sent.push(one)
      if (more.hangs) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw new UpstreamError('it was aborted', undefined)
      }
      return respond(answer(one, sent.length - 1))
    },
    connect: more.connect ?? nobody,
  }
  const tokenizer = { count: () => 0 }
  const prices = { usd: () => 0.001 }
  const modelMap = new Map<string, string>()
  const plan = planRerecord(
    { name: 'chain', file: store.fileOf('chain'), text: printed.text, cassette },
    { dialect: openai, prices, tokenizer, clock, modelMap, upstream: undefined },
  )
  const outcome = await rerecord(plan, {
    composition: compositionOf(dir, 'record', {
      store,
      upstream,
      clock,
      prices,
      env: more.env ?? { OPENAI_API_KEY: 'sk-of-whoever-rerecords-0123456789' },
    }),
    cap: new SpendingCap(undefined),
    signal: more.signal ?? new AbortController().signal,
    say: (message) => void said.push(message),
    onProgress: () => {},
  })
  return { outcome, sent, slept, said }
}

/** How long an answer may take, in ms: in an upstream that hangs that passes at once. */
const LIMIT = 30 * 60_000

/** How long the engine gives what is on its way at the end of a session, which never takes it. */
const CLOSING = 10_000

async function sentBy(base: string, { method, target, headers, body }: OutgoingRequest): Promise<Sent> {
  return {
    base,
    method,
    target,
    headers,
    body: ArrayBuffer.isView(body) ? Buffer.from(body).toString() : `${body.size} bytes`,
  }
}

function respond(answer: Answer): UpstreamResponse {
  if (answer instanceof Error) throw answer
  const [status, json, headers = {}] = answer
  return {
    status,
    headers: [['content-type', 'application/json'], ...Object.entries(headers)],
    body: bodyOf(json),
  }
}

/** What is an error breaks off. */
async function* bodyOf(json: unknown): AsyncGenerator<Uint8Array> {
  yield encodeText(json instanceof Error ? '{' : JSON.stringify(json))
  if (json instanceof Error) throw json
}

/** An interaction by what is in it. */
export function interaction(
  method: string,
  path: string,
  [status, json, headers = {}]: Exclude<Answer, Error>,
  body?: unknown,
): Interaction {
  return {
    request: {
      method,
      path,
      headers: [],
      body: body === undefined ? { kind: 'empty' } : { kind: 'json', text: JSON.stringify(body) },
    },
    response: {
      status,
      headers: [['content-type', 'application/json'], ...Object.entries(headers)],
      body: { kind: 'json', text: JSON.stringify(json) },
    },
  }
}
