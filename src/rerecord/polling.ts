import type { RerecordSupport } from '../api/dialect.ts'
import type { Interaction, RecordedResponse } from '../cassette/cassette.ts'
import type { Clock } from '../engine/ports.ts'
import { duration } from '../messages/figures.ts'

/** Maps the position of each poll to the position of the poll that found the operation finished. */
export type Polls = ReadonlyMap<number, number>

/**
 * Finds the interactions that poll an operation until it is finished. If it never finished in the recording, the client
 * did not wait for it. Its requests do not count as polls, and are sent as often as they were recorded.
 */
export function pollsIn(
  interactions: readonly Interaction[],
  { progressOf }: Pick<RerecordSupport, 'progressOf'>,
): Polls {
  const polls = new Map<number, number>()
  const unfinished = new Map<string, number[]>()
  for (const [n, { upstream, request, response }] of interactions.entries()) {
    const progress = request.method === 'GET' ? progressOf(response) : undefined
    if (progress === undefined) continue
    const key = JSON.stringify([upstream ?? null, request.path])
    const sameOperation = [...(unfinished.get(key) ?? []), n]
    unfinished.set(key, progress === 'unfinished' ? sameOperation : [])
    if (progress === 'settled') for (const each of sameOperation) polls.set(each, n)
  }
  return polls
}

export interface PollingContext {
  readonly support: Pick<RerecordSupport, 'progressOf' | 'waitOf'>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Wait between polls in ms, if the response does not set one. */
const DEFAULT_WAIT = 1000

/** Maximum total wait for one operation, in ms. */
const MAX_WAIT = 10 * 60_000

/** Polls until an operation is finished. May take more or fewer polls than in the recording, as their number depends on timing. */
export class Polling {
  readonly #polls: Polls
  readonly #context: PollingContext
  readonly #finished = new Set<number>()
  /** By position of the last recorded poll: the wait before the next poll, and the total wait so far. In ms. */
  readonly #waits = new Map<number, { readonly next: number; readonly waited: number }>()

  constructor(interactions: readonly Interaction[], context: PollingContext) {
    this.#polls = pollsIn(interactions, context.support)
    this.#context = context
  }

  /** Whether the operation that the nth interaction polls is already finished, so that the poll can be skipped. */
  isFinished(n: number): boolean {
    return this.#finished.has(n)
  }

  /**
   * Waits before a poll, if the previous poll found the operation unfinished.
   * @returns an error message if the operation takes too long
   */
  async wait(n: number): Promise<string | undefined> {
    const last = this.#polls.get(n)
    const { next, waited } = (last === undefined ? undefined : this.#waits.get(last)) ?? {
      next: 0,
      waited: 0,
    }
    if (last === undefined || next === 0) return undefined
    if (waited + next > MAX_WAIT) return `the polled operation was not finished after ${duration(waited)}`
    this.#waits.set(last, { next: 0, waited: waited + next })
    await this.#context.clock.sleep(next, this.#context.signal)
    return undefined
  }

  /**
   * Receives the new response to the nth interaction.
   * @returns the position of the recorded response that it replaces, or `again` to repeat the last poll
   */
  take(n: number, response: RecordedResponse): number | 'again' {
    const last = this.#polls.get(n)
    const { progressOf, waitOf } = this.#context.support
    const progress = progressOf(response)
    if (last === undefined || progress === undefined) return n
    if (progress === 'settled') {
      for (const [poll, end] of this.#polls) if (end === last) this.#finished.add(poll)
      return last
    }
    const next = waitOf(response.headers) ?? DEFAULT_WAIT
    this.#waits.set(last, { next, waited: this.#waits.get(last)?.waited ?? 0 })
    return last === n ? 'again' : n
  }
}
