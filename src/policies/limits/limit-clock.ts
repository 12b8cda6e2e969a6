import { UsageError } from '../../messages/errors.ts'
import type { Clock } from '../../engine/ports.ts'

/**
 * What the time of limits goes by: it stands still until it is advanced, goes on by itself, or is
 * that of a clock of one's own, whose `now` tells milliseconds.
 * @example Date // with fake timers that a test drives
 */
export type LimitTime = 'manual' | 'real' | { now(): number }

/** The time of one session's limits, in milliseconds, but for what was advanced by hand. It only goes forward. */
export class LimitClock {
  readonly #now: () => number
  #last = 0

  constructor(time: LimitTime, clock: Clock) {
    const now = time === 'manual' ? () => 0 : time === 'real' ? () => clock.now() : () => time.now()
    const start = now()
    this.#now = () => now() - start
  }

  now(): number {
    this.#last = Math.max(this.#last, this.#now())
    return this.#last
  }
}

/** @throws UsageError that tells what the option takes */
export function checkLimitTime(time: LimitTime): LimitTime {
  if (time === 'manual' || time === 'real') return time
  // A class will do, such as Date.
  if (typeof (time as { now?: unknown } | null)?.now === 'function') return time
  throw new UsageError("the option 'limitClock' must be 'manual', 'real' or an object with now()")
}
