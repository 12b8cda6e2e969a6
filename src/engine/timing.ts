import { nearestWord } from '../messages/nearest-word.ts'
import { isPlainObject, object } from '../json/input/object.ts'
import { either, literal, number, optional, parsed, type Shape } from '../json/input/shape.ts'

/** A fixed pace for all answers. */
export interface Pace {
  /**
   * Time to the first event, in milliseconds from the request. An answer that is no stream arrives then.
   * @default 0
   */
  readonly ttft?: number
  /**
   * Events per second after the first.
   * @default all at once
   */
  readonly pace?: number
}

/**
 * When to send replayed bytes: at once, in recorded time divided by a speed, or at a fixed pace.
 * @example 'instant'
 * @example { speed: 2 } // twice as fast as it was recorded
 * @example { ttft: 300, pace: 50 } // the first event after 300 ms, then 50 a second
 */
export type Timing = 'instant' | { readonly speed: number } | Pace

/**
 * How long after the request bytes are due, in milliseconds.
 * @param offset when they arrived in the recording, in ms
 * @param index the number of the event in its stream, from 0
 */
export function dueAfter(timing: Timing, offset: number, index = 0): number {
  if (timing === 'instant') return 0
  if ('speed' in timing) return offset / timing.speed
  const { ttft = 0, pace } = timing
  return ttft + (pace === undefined ? 0 : (index * 1000) / pace)
}

const SPEED = object<{ readonly speed: number }>('an object, such as { speed: 2 }', {
  speed: number('a number over 0, such as 2', { over: 0 }),
})

const PACE = parsed(
  object<Pace>('an object, such as { ttft: 300, pace: 50 }', {
    ttft: optional(number('a number of milliseconds from 0, such as 300', { from: 0 })),
    pace: optional(number('a number of events a second over 0, such as 50', { over: 0 })),
  }),
  (pace, place) => (Object.keys(pace).length === 0 ? place.expected(PACE_OR_SPEED, pace) : pace),
)

const PACE_OR_SPEED = "'instant', { speed: 2 } or { ttft: 300, pace: 50 }"

export const TIMING: Shape<Timing> = either<Timing>(
  PACE_OR_SPEED,
  [literal('instant'), SPEED, PACE],
  (value) => {
    if (value === 'instant') return literal('instant')
    if (!isPlainObject(value)) return undefined
    const names = Object.keys(value).map((name) => nearestWord(name, ['speed', 'ttft', 'pace']))
    return names.includes('speed') ? SPEED : PACE
  },
)
