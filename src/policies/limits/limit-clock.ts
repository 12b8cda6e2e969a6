import { UsageError } from '../../messages/errors.ts'
import type { Clock } from '../../engine/ports.ts'

/**
 * What the time of limits goes by: it stands still until it is advanced, goes on by itself, or is
 * that of a clock of one's own, whose `now` tells milliseconds.
 * @example Date // with fake timers that a test drives
 */
export type LimitTime = 'manual' | 'real' | { now(): number }

/** The time of one session's limits, in milliseconds. It only goes forward, unless an advance is taken back. */
export class LimitClock {
  readonly #base: () => number
  #ahead = 0
  #last = 0

  constructor(time: LimitTime, clock: Clock) {
    const now = time === 'manual' ? () => 0 : time === 'real' ? () => clock.now() : () => time.now()
    const start = now()
    this.#base = () => now() - start
  }

  now(): number {
    this.#last = Math.max(this.#last, this.#base() + this.#ahead)
    return this.#last
  }

  /** @throws UsageError for what is no time that can pass */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0)
      throw new UsageError(`a clock cannot be advanced by ${ms}: expected milliseconds from 0`)
    this.#ahead += ms
  }

  /** Takes back that it was advanced. */
  goBack(ms: number): void {
    this.#ahead -= ms
    this.#last -= ms
  }
}

/** @throws UsageError that tells what the option takes */
export function checkLimitTime(time: LimitTime): LimitTime {
  if (time === 'manual' || time === 'real') return time
  // A class will do, such as Date.
  if (typeof (time as { now?: unknown } | null)?.now === 'function') return time
  throw new UsageError("the option 'limitClock' must be 'manual', 'real' or an object with now()")
}
