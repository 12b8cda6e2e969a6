import type {
  Cassette,
  FramesBody,
  Interaction,
  RecordedRequest,
  RecordedResponse,
} from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import type { Headers } from '../http/message.ts'
import type { Divergence } from './rewire/divergence.ts'
import { Rewirer } from './rewire/rewirer.ts'
import type { Clock, Store } from '../engine/ports.ts'
import type { Source } from '../vcr/library.ts'
import { type Attempt, attempt } from './attempt.ts'
import { converse } from './converse.ts'
import { answerOf, flattened } from './flatten.ts'
import { outgoing } from './outgoing.ts'
import { persist } from './persist.ts'
import { Polling } from './polling.ts'

/** What a cassette's requests are sent with. */
export interface Chain {
  readonly cassette: Cassette
  /** Records what comes. */
  readonly source: Source
  /** Holds the uploads. */
  readonly store: Store
  readonly again: RerecordSupport
  readonly clock: Clock
  readonly models: ReadonlyMap<string, string>
  readonly baseOf: (interaction: Interaction) => string
  readonly signal: AbortSignal
  readonly say: (message: string) => void
  /** Whether the next request may be sent. */
  readonly mayAsk: () => boolean
  /** Told of each answer: the place of the recorded one, and what came. */
  readonly answered: (n: number, fresh: Interaction) => void
}

/** How a chain ended. `at` is the place of the interaction at which it did. */
export type ChainEnd =
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'diverged'
      readonly at: number
      readonly divergence: Divergence
      readonly status: number
    }
  | { readonly kind: 'unanswered'; readonly at: number; readonly reason: string }
  | { readonly kind: 'over budget'; readonly at: number }
  | { readonly kind: 'stopped' }

/** Sends a cassette's requests in their order, each with what the new answers gave it. */
export async function sendChain(chain: Chain): Promise<ChainEnd> {
  const { interactions } = chain.cassette
  const { interactions: flat, starts } = flattened(interactions)
  const rewirer = new Rewirer(flat, chain.again.readAnswer)
  const polling = new Polling(interactions, chain)
  for (const [n, recorded] of interactions.entries()) {
    if (polling.isOver(n)) continue
    const start = starts[n] as number
    const turn = (i: number): RecordedRequest =>
      chain.again.withModels(rewirer.request(start + i), chain.models)
    if (isTriedAgain(n, chain)) {
      chain.source.carryOver({ request: turn(0), response: recorded.response }, chain.baseOf(recorded))
      continue
    }
    const { body } = recorded.response
    const step: Step = {
      n,
      recorded,
      turn,
      learn: (of, fresh) => rewirer.learn(starts[of] as number, fresh),
      polling,
    }
    const learnTurn = (i: number, fresh: RecordedResponse): Divergence | undefined =>
      rewirer.learn(start + i, fresh)
    const end = body.kind === 'frames' ? await lead(chain, step, body, learnTurn) : await sendOne(chain, step)
    if (end !== undefined) return end
  }
  return { kind: 'whole' }
}

interface Step {
  readonly n: number
  readonly recorded: Interaction
  /** The request as it is to be sent now; of a conversation the handshake, and from 1 what its client says. */
  readonly turn: (i: number) => RecordedRequest
  /** Takes a new answer for that of the interaction at this place. */
  readonly learn: (of: number, fresh: RecordedResponse) => Divergence | undefined
  readonly polling: Polling
}

/** Sends one request, and as often again as it takes where it is a poll. Undefined where the chain goes on. */
async function sendOne(chain: Chain, step: Step): Promise<ChainEnd | undefined> {
  const { n, polling } = step
  for (;;) {
    const tooLong = await polling.wait(n)
    if (chain.signal.aborted) return { kind: 'stopped' }
    if (tooLong !== undefined) return { kind: 'unanswered', at: n, reason: tooLong }
    if (!chain.mayAsk()) return { kind: 'over budget', at: n }
    const made = await ask(chain, step)
    if (chain.signal.aborted) return { kind: 'stopped' }
    if (made.isIgnored) return undefined
    if (made.interaction === undefined) return { kind: 'unanswered', at: n, reason: made.reason }
    const { response } = made.interaction
    chain.answered(n, made.interaction)
    const place = polling.heard(n, response)
    if (place === 'again') continue
    return diverged(chain, step, step.learn(place, response), response)
  }
}

/** Leads a conversation again. What is said in it may have cost, so that it is not tried twice. */
async function lead(
  chain: Chain,
  step: Step,
  body: FramesBody,
  learn: (i: number, fresh: RecordedResponse) => Divergence | undefined,
): Promise<ChainEnd | undefined> {
  const { n, recorded, turn } = step
  if (!chain.mayAsk()) return { kind: 'over budget', at: n }
  const { interaction, reason, divergence } = await converse({
    ...chain,
    body,
    origin: chain.baseOf(recorded),
    headers: [...recorded.response.headers.filter(([name]) => name === PROTOCOL), ...noKeyFor(recorded)],
    turn,
    learn: (i, frames) => learn(i, answerOf(recorded.response, frames)),
  })
  if (interaction !== undefined) chain.answered(n, interaction)
  if (chain.signal.aborted) return { kind: 'stopped' }
  if (divergence !== undefined) return diverged(chain, step, divergence, recorded.response)
  if (interaction === undefined || reason !== undefined)
    return { kind: 'unanswered', at: n, reason: reason ?? 'nothing of it was recorded' }
  const { response } = interaction
  return response.body.kind === 'frames' ? undefined : diverged(chain, step, learn(0, response), response)
}

function diverged(
  { again }: Chain,
  { n, recorded }: Step,
  divergence: Divergence | undefined,
  came: RecordedResponse,
): ChainEnd | undefined {
  if (divergence === undefined) return undefined
  const { status } = came
  // An error says more than its status.
  const text = status === recorded.response.status ? undefined : again.errorText(came)
  const message = text === undefined ? divergence.message : `${divergence.message}: ${text}`
  return { kind: 'diverged', at: n, divergence: { ...divergence, message }, status }
}

function ask(chain: Chain, { recorded, turn }: Step): Promise<Attempt> {
  const { source, clock, store, signal } = chain
  const origin = chain.baseOf(recorded)
  const request = turn(0)
  const more = noKeyFor(recorded)
  const once = async (): Promise<Attempt> =>
    attempt(source, clock, await outgoing(request, store, { origin, more }), signal)
  return persist(once, recorded.response.status, {
    ...chain,
    say: (message) => chain.say(`${request.method} ${request.path}: ${message}`),
  })
}

function noKeyFor({ response }: Interaction): Headers {
  return response.status === UNAUTHORIZED ? NO_KEY : []
}

/** What a server chose is what its client had offered. */
const PROTOCOL = 'sec-websocket-protocol'

const UNAUTHORIZED = 401

/** What was refused for its key is sent with one that nobody has: with the real one it would be answered. */
const NO_KEY: Headers = [['authorization', 'Bearer sk-bad-key-that-nobody-has']]

/** A failure that was asked again after: an upstream does not fail so again, and the test is to hear of it once more. */
function isTriedAgain(n: number, { cassette, again }: Chain): boolean {
  const { interactions } = cassette
  const { request, response } = interactions[n] as Interaction
  if (!again.isWorthRetrying(response)) return false
  const key = keyOf(request)
  return interactions.slice(n + 1).some((later) => keyOf(later.request) === key)
}

function keyOf({ method, path, body }: RecordedRequest): string {
  return JSON.stringify([method, path, body])
}
