import { codeOnly, either, literal, oneOf, type Shape } from '../../json/input/shape.ts'
import type { Clock } from '../../engine/ports.ts'

/**
 * The clock of rate limits: advanced by hand, the system clock, or your own clock, whose `now` returns milliseconds.
 * @example Date // with fake timers that a test drives
 */
export type LimitTime = 'manual' | 'real' | { now(): number }

/** Milliseconds since a session's limits began, without the time advanced by hand. It never goes back. */
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

export const LIMIT_TIME: Shape<LimitTime> = either<LimitTime>(
  "'manual', 'real' or an object with now(), such as Date",
  [oneOf(['manual', 'real'])],
  (value) => {
    if (value === 'manual' || value === 'real') return literal(value)
    // A class is fine, such as Date.
    return typeof (value as { now?: unknown } | null | undefined)?.now === 'function' ? OWN_CLOCK : undefined
  },
)

const OWN_CLOCK = codeOnly('an object with now()', (value): value is { now(): number } => value !== null)
