import { UsageError } from '../messages/errors.ts'

/** A pace of one's own, the same for every answer. */
export interface Pace {
  /**
   * Time to the first event, in milliseconds from the request. An answer that is no stream is there then.
   * @default 0
   */
  readonly ttft?: number
  /**
   * Events a second from the first on.
   * @default all at once
   */
  readonly pace?: number
}

/**
 * When replayed bytes are due: at once, in recorded time divided by a speed, or at a pace of one's own.
 * @example 'instant'
 * @example { speed: 2 } // twice as fast as it was recorded
 * @example { ttft: 300, pace: 50 } // the first event after 300 ms, then 50 a second
 */
export type Timing = 'instant' | { readonly speed: number } | Pace

/**
 * Milliseconds from the request to when something is due.
 * @param offset when it came in the recording, in ms
 * @param index its place among the events of its stream, from 0
 */
export function dueAfter(timing: Timing, offset: number, index = 0): number {
  if (timing === 'instant') return 0
  if ('speed' in timing) return offset / timing.speed
  const { ttft = 0, pace } = timing
  return ttft + (pace === undefined ? 0 : (index * 1000) / pace)
}

/** @throws UsageError that tells what a timing is */
export function checkTiming(timing: Timing): Timing {
  if (timing === 'instant' || isSpeed(timing) || isPace(timing)) return timing
  throw new UsageError(
    `the option 'timing' must be 'instant', { speed: N } with N over 0, or { ttft: MS, pace: N } with events a second over 0`,
  )
}

function isSpeed(timing: unknown): boolean {
  return fieldsOf(timing) === 'speed' && isOverZero((timing as { speed: unknown }).speed)
}

function isPace(timing: unknown): boolean {
  if (!['pace', 'ttft', 'pace,ttft'].includes(fieldsOf(timing))) return false
  const { ttft, pace } = timing as { ttft?: unknown; pace?: unknown }
  return (ttft === undefined || ttft === 0 || isOverZero(ttft)) && (pace === undefined || isOverZero(pace))
}

function fieldsOf(timing: unknown): string {
  return typeof timing === 'object' && timing !== null ? Object.keys(timing).toSorted().join() : ''
}

function isOverZero(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
