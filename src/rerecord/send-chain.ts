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
import { repeatConversation } from './conversation.ts'
import { answerOf, flattened } from './flatten.ts'
import { outgoing } from './outgoing.ts'
import { Polling } from './polling.ts'
import { type Attempt, sendOnce, withRetries, type RecordingTarget } from './retry.ts'

/** A cassette whose requests are sent again, and the dependencies to send them. */
export interface ChainContext {
  readonly cassette: Cassette
  /** Records the new responses. */
  readonly target: RecordingTarget
  /** Contains the files that requests upload. */
  readonly store: Store
  readonly support: RerecordSupport
  readonly clock: Clock
  readonly modelMap: ReadonlyMap<string, string>
  readonly baseOf: (interaction: Interaction) => string
  readonly signal: AbortSignal
  readonly say: (message: string) => void
  /** Whether the budget allows the next request. */
  readonly maySend: () => boolean
  /** Called with each new response to the nth interaction. A poll may have several. */
  readonly onAnswer: (n: number, fresh: Interaction) => void
}

/** How a chain ended. `at` is the position of the interaction where it stopped. */
export type ChainEnd =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'diverged'
      readonly at: number
      readonly divergence: Divergence
      readonly status: number
    }
  | { readonly kind: 'unanswered'; readonly at: number; readonly reason: string }
  | { readonly kind: 'over budget'; readonly at: number }
  | { readonly kind: 'stopped' }

/** Sends the requests of a cassette in order. Each request contains values from the new responses before it. */
export async function sendChain(chain: ChainContext): Promise<ChainEnd> {
  const { interactions } = chain.cassette
  const { interactions: flat, starts } = flattened(interactions)
  const rewirer = new Rewirer(flat, chain.support.rewireRules)
  const polling = new Polling(interactions, chain)
  for (const [n, recorded] of interactions.entries()) {
    if (polling.isFinished(n)) continue
    const start = starts[n] as number
    const request = (i: number): RecordedRequest =>
      chain.support.withModels(rewirer.request(start + i), chain.modelMap)
    if (isRetriedLater(n, chain)) {
      chain.target.library.carryOver(
        { request: request(0), response: recorded.response },
        chain.baseOf(recorded),
        chain.target.arrivals,
      )
      continue
    }
    const { body } = recorded.response
    const step: ChainStep = {
      n,
      recorded,
      request,
      learn: (position, fresh) => rewirer.learn(starts[position] as number, fresh),
      polling,
    }
    const learnTurn = (turn: number, fresh: RecordedResponse): Divergence | undefined =>
      rewirer.learn(start + turn, fresh)
    const end =
      body.kind === 'frames'
        ? await sendConversation(chain, step, body, learnTurn)
        : await sendRequest(chain, step)
    if (end !== undefined) return end
  }
  return { kind: 'complete' }
}

interface ChainStep {
  readonly n: number
  readonly recorded: Interaction
  /** Returns the request to send: turn 0 is the request or the handshake, later turns are the client's messages. */
  readonly request: (turn: number) => RecordedRequest
  /** Receives the new response that replaces the response of the interaction at this position. */
  readonly learn: (position: number, fresh: RecordedResponse) => Divergence | undefined
  readonly polling: Polling
}

/**
 * Sends one request. A poll is repeated until the operation is finished.
 * @returns undefined if the chain continues
 */
async function sendRequest(chain: ChainContext, step: ChainStep): Promise<ChainEnd | undefined> {
  const { n, polling } = step
  for (;;) {
    const tooLong = await polling.wait(n)
    if (chain.signal.aborted) return { kind: 'stopped' }
    if (tooLong !== undefined) return { kind: 'unanswered', at: n, reason: tooLong }
    if (!chain.maySend()) return { kind: 'over budget', at: n }
    const attempt = await sendWithRetries(chain, step)
    if (chain.signal.aborted) return { kind: 'stopped' }
    if (attempt.isIgnored) return undefined
    if (attempt.interaction === undefined) return { kind: 'unanswered', at: n, reason: attempt.reason }
    const { response } = attempt.interaction
    chain.onAnswer(n, attempt.interaction)
    const position = polling.take(n, response)
    if (position === 'again') continue
    return diverged(chain, step, step.learn(position, response), response)
  }
}

/** Repeats a conversation without retries, as its messages may already have cost something. */
async function sendConversation(
  chain: ChainContext,
  step: ChainStep,
  body: FramesBody,
  learn: (turn: number, fresh: RecordedResponse) => Divergence | undefined,
): Promise<ChainEnd | undefined> {
  const { n, recorded, request } = step
  if (!chain.maySend()) return { kind: 'over budget', at: n }
  const { interaction, reason, divergence } = await repeatConversation({
    ...chain,
    body,
    origin: chain.baseOf(recorded),
    headers: [
      ...recorded.response.headers.filter(([name]) => name === PROTOCOL),
      ...refusedKeyFor(recorded, chain),
    ],
    request,
    learn: (turn, frames) => learn(turn, answerOf(recorded.response, frames)),
  })
  if (interaction !== undefined) chain.onAnswer(n, interaction)
  if (chain.signal.aborted) return { kind: 'stopped' }
  if (divergence !== undefined) return diverged(chain, step, divergence, recorded.response)
  if (interaction === undefined || reason !== undefined)
    return { kind: 'unanswered', at: n, reason: reason ?? 'nothing was recorded' }
  const { response } = interaction
  return response.body.kind === 'frames' ? undefined : diverged(chain, step, learn(0, response), response)
}

function diverged(
  { support }: ChainContext,
  { n, recorded }: ChainStep,
  divergence: Divergence | undefined,
  fresh: RecordedResponse,
): ChainEnd | undefined {
  if (divergence === undefined) return undefined
  const { status } = fresh
  // If the status changed, the error message is more helpful than the status.
  const text = status === recorded.response.status ? undefined : support.errorText(fresh)
  const message = text === undefined ? divergence.message : `${divergence.message}: ${text}`
  return { kind: 'diverged', at: n, divergence: { ...divergence, message }, status }
}

function sendWithRetries(chain: ChainContext, { recorded, request: requestOf }: ChainStep): Promise<Attempt> {
  const { target, clock, store, signal } = chain
  const origin = chain.baseOf(recorded)
  const request = requestOf(0)
  const more = refusedKeyFor(recorded, chain)
  const send = async (): Promise<Attempt> =>
    sendOnce(target, clock, await outgoing(request, store, { origin, more }), signal)
  return withRetries(send, recorded.response.status, {
    ...chain,
    say: (message) => chain.say(`${request.method} ${request.path}: ${message}`),
  })
}

/** With a valid key, a request that was recorded with status 401 would succeed. */
function refusedKeyFor({ response }: Interaction, { support }: ChainContext): Headers {
  return response.status === UNAUTHORIZED ? support.refusedKey : []
}

/** The client must have offered the subprotocol that the server chose, which is recorded in the response. */
const PROTOCOL = 'sec-websocket-protocol'

const UNAUTHORIZED = 401

/**
 * Whether the client retried after this failure. In that case the recorded failure is kept: the upstream is unlikely to
 * fail again, and the test is about the retry.
 */
function isRetriedLater(n: number, { cassette, support }: ChainContext): boolean {
  const { interactions } = cassette
  const { request, response } = interactions[n] as Interaction
  if (!support.isWorthRetrying(response)) return false
  const key = keyOf(request)
  return interactions.slice(n + 1).some((later) => keyOf(later.request) === key)
}

function keyOf({ method, path, body }: RecordedRequest): string {
  return JSON.stringify([method, path, body])
}
