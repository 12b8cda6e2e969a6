import type { Cassette, Interaction, RecordedRequest } from '../../core/cassette.ts'
import type { Again } from '../../core/dialect.ts'
import type { Headers } from '../../core/http.ts'
import type { Divergence } from '../../core/rewire/divergence.ts'
import { Rewirer } from '../../core/rewire/rewirer.ts'
import type { Clock, Store } from '../ports.ts'
import type { Source } from '../source.ts'
import { type Attempt, attempt } from './attempt.ts'
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
  readonly again: Again
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
  const rewirer = new Rewirer(interactions, chain.again.readAnswer)
  const polling = new Polling(interactions, chain)
  for (const [n, recorded] of interactions.entries()) {
    if (polling.isOver(n)) continue
    const request = chain.again.withModels(rewirer.request(n), chain.models)
    if (isTriedAgain(n, chain)) {
      chain.source.carryOver({ request, response: recorded.response }, chain.baseOf(recorded))
      continue
    }
    const end = await sendOne(chain, { n, recorded, request, rewirer, polling })
    if (end !== undefined) return end
  }
  return { kind: 'whole' }
}

interface Step {
  readonly n: number
  readonly recorded: Interaction
  readonly request: RecordedRequest
  readonly rewirer: Rewirer
  readonly polling: Polling
}

/** Sends one request, and as often again as it takes where it is a poll. Undefined where the chain goes on. */
async function sendOne(chain: Chain, step: Step): Promise<ChainEnd | undefined> {
  const { n, recorded, rewirer, polling } = step
  for (;;) {
    const tooLong = await polling.wait(n)
    if (chain.signal.aborted) return { kind: 'stopped' }
    if (tooLong !== undefined) return { kind: 'unanswered', at: n, reason: tooLong }
    if (!chain.mayAsk()) return { kind: 'over budget', at: n }
    const made = await ask(chain, step)
    if (chain.signal.aborted) return { kind: 'stopped' }
    const { interaction } = made
    if (interaction === undefined) return { kind: 'unanswered', at: n, reason: made.reason }
    chain.answered(n, interaction)
    const place = polling.heard(n, interaction.response)
    if (place === 'again') continue
    const divergence = rewirer.learn(place, interaction.response)
    if (divergence === undefined) return undefined
    const { status } = interaction.response
    return { kind: 'diverged', at: n, divergence: detailed(chain, divergence, interaction, recorded), status }
  }
}

function ask(chain: Chain, { recorded, request }: Step): Promise<Attempt> {
  const { source, clock, store, signal } = chain
  const origin = chain.baseOf(recorded)
  const more = recorded.response.status === UNAUTHORIZED ? NO_KEY : []
  const once = async (): Promise<Attempt> =>
    attempt(source, clock, await outgoing(request, store, { origin, more }), signal)
  return persist(once, recorded.response.status, {
    ...chain,
    say: (message) => chain.say(`${request.method} ${request.path}: ${message}`),
  })
}

const UNAUTHORIZED = 401

/** What was refused for its key is sent with one that nobody has: with the real one it would be answered. */
const NO_KEY: Headers = [['authorization', 'Bearer key-that-nobody-has']]

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

/** An error says more than its status. */
function detailed(
  { again }: Chain,
  divergence: Divergence,
  { response }: Interaction,
  recorded: Interaction,
): Divergence {
  const text = response.status === recorded.response.status ? undefined : again.errorText(response)
  if (text === undefined || divergence.message.includes(text)) return divergence
  return { ...divergence, message: `${divergence.message}: ${text}` }
}
