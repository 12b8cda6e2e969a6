import type { RerecordSupport } from '../api/dialect.ts'
import type { Interaction, RecordedResponse } from '../cassette/cassette.ts'
import type { Clock } from '../engine/ports.ts'
import { duration } from '../messages/figures.ts'

/** For each poll, the position of the interaction that ended its polling. */
export type Polls = ReadonlyMap<number, number>

/**
 * The interactions that poll something until it is done. If it never was in the recording, nobody waited for it:
 * its requests are no polls, and are sent as often as they were.
 */
export function pollsIn(
  interactions: readonly Interaction[],
  { progressOf }: Pick<RerecordSupport, 'progressOf'>,
): Polls {
  const polls = new Map<number, number>()
  const waiting = new Map<string, number[]>()
  for (const [n, { upstream, request, response }] of interactions.entries()) {
    const progress = request.method === 'GET' ? progressOf(response) : undefined
    if (progress === undefined) continue
    const key = JSON.stringify([upstream ?? null, request.path])
    const sofar = [...(waiting.get(key) ?? []), n]
    waiting.set(key, progress === 'unfinished' ? sofar : [])
    if (progress === 'at rest') for (const each of sofar) polls.set(each, n)
  }
  return polls
}

export interface PollingContext {
  readonly support: Pick<RerecordSupport, 'progressOf' | 'waitOf'>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Between polls, in ms, if the answer does not say. */
const DEFAULT_WAIT = 1000

/** For one thing, in ms. */
const MAX_WAIT = 10 * 60_000

/** Polls until what is polled is done, however many polls it takes now: the recorded number depended on time alone. */
export class Polling {
  readonly #polls: Polls
  readonly #context: PollingContext
  readonly #over = new Set<number>()
  /** By the last poll: what to wait before the next one, and how long it has waited, in ms. */
  readonly #waits = new Map<number, { readonly next: number; readonly waited: number }>()

  constructor(interactions: readonly Interaction[], context: PollingContext) {
    this.#polls = pollsIn(interactions, context.support)
    this.#context = context
  }

  /** Whether what the nth interaction polls is done already, so that it need not be sent. */
  isOver(n: number): boolean {
    return this.#over.has(n)
  }

  /**
   * Waits before a poll, if the one before it found something unfinished.
   * @returns why it gives up; undefined if it does not
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
   * Takes the new answer to the nth interaction.
   * @returns the position of the recorded answer that it stands for, or `again` if the last poll has to be repeated
   */
  take(n: number, response: RecordedResponse): number | 'again' {
    const last = this.#polls.get(n)
    const { progressOf, waitOf } = this.#context.support
    const progress = progressOf(response)
    if (last === undefined || progress === undefined) return n
    if (progress === 'at rest') {
      for (const [poll, end] of this.#polls) if (end === last) this.#over.add(poll)
      return last
    }
    const next = waitOf(response.headers) ?? DEFAULT_WAIT
    this.#waits.set(last, { next, waited: this.#waits.get(last)?.waited ?? 0 })
    return last === n ? 'again' : n
  }
}
