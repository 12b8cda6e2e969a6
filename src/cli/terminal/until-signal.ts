import { constants } from 'node:os'
import type { World } from './world.ts'

/** Aborts when the user interrupts. A second interrupt ends the process at once. */
export interface UntilSignal {
  readonly signal: AbortSignal
  /** The exit status of a process that was ended by the signal; undefined before one arrives. */
  readonly status: () => number | undefined
  end(): void
}

export function untilSignal({ onSignal, endBy }: World): UntilSignal {
  const abort = new AbortController()
  let status: number | undefined
  // Keeps listening: a library that unlocks files ends the process if nobody else listens.
  const stop = (signal: NodeJS.Signals): void => {
    if (status !== undefined) {
      end()
      endBy(signal)
      return
    }
    status = 128 + constants.signals[signal]
    abort.abort(new Error(`stopped by ${signal}`))
  }
  const end = onSignal(stop)
  return { signal: abort.signal, status: () => status, end }
}
