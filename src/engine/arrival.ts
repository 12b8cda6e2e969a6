import type { Clock } from './ports.ts'

/** A request's place among all that arrived, and when: taken before its body is read. */
export interface Arrival {
  readonly order: number
  readonly at: number
}

/** Requests are numbered across sessions: several may record into one cassette. */
let arrivals = 0

export function arrive(clock: Clock): Arrival {
  return { order: arrivals++, at: clock.now() }
}
