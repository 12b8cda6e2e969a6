import type { Clock } from './ports.ts'

/** A request's position among all requests, and its time of arrival. Taken before its body is read. */
export interface Arrival {
  readonly order: number
  /** Milliseconds on the monotonic clock. */
  readonly at: number
}

/** Numbers requests across sessions: several may record into one cassette. */
export class Arrivals {
  readonly #clock: Clock
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  next(): Arrival {
    return { order: this.#count++, at: this.#clock.now() }
  }
}
