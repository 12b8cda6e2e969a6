import { UsageError } from '../../messages/errors.ts'
import type { Timing } from '../../engine/replay/timing.ts'

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
