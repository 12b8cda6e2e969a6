import type { Interaction, RecordedResponse } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import type { Clock } from '../engine/ports.ts'
import { inWords } from './persist.ts'
import { type Polls, pollsIn, pollsOf } from './polls.ts'

interface World {
  readonly again: RerecordSupport
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Between polls, where the answer does not say, in ms. */
const PAUSE = 1000

/** So long is waited for one thing, in ms. */
const LONGEST = 10 * 60_000

/**
 * Asks after what takes its time until it rests, whatever number of polls that takes now: the recorded one tells
 * nothing but how long it took then.
 */
export class Polling {
  readonly #polls: Polls
  readonly #world: World
  readonly #over = new Set<number>()
  /** By the place of the resting answer: what to wait before the next poll, and how long was waited. */
  readonly #waits = new Map<number, { readonly due: number; readonly waited: number }>()

  constructor(interactions: readonly Interaction[], world: World) {
    this.#polls = pollsIn(interactions, world.again)
    this.#world = world
  }

  /** Whether what this one asked after rests already. */
  isOver(n: number): boolean {
    return this.#over.has(n)
  }

  /** Waits before a poll, where the one before it said so. Says why where it has taken too long. */
  async wait(n: number): Promise<string | undefined> {
    const rest = this.#polls.get(n)
    const { due, waited } = (rest === undefined ? undefined : this.#waits.get(rest)) ?? { due: 0, waited: 0 }
    if (rest === undefined || due === 0) return undefined
    if (waited + due > LONGEST) return `what it asks after is not done after ${inWords(waited)}`
    this.#waits.set(rest, { due: 0, waited: waited + due })
    await this.#world.clock.sleep(due, this.#world.signal)
    return undefined
  }

  /** Whose recorded answer this one is to be compared with; or that it is to be asked again. */
  heard(n: number, response: RecordedResponse): number | 'again' {
    const rest = this.#polls.get(n)
    const progress = this.#world.again.progressOf(response)
    if (rest === undefined || progress === undefined) return n
    if (progress === 'at rest') {
      for (const each of pollsOf(rest, this.#polls)) this.#over.add(each)
      return rest
    }
    const due = this.#world.again.waitOf(response.headers) ?? PAUSE
    this.#waits.set(rest, { due, waited: this.#waits.get(rest)?.waited ?? 0 })
    return rest === n ? 'again' : n
  }
}
