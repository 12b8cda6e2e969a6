import { constants } from 'node:os'
import type { World } from './world.ts'

/** Aborts when the user interrupts. A second time ends the process at once, as if nobody had listened. */
export interface UntilSignal {
  readonly signal: AbortSignal
  /** The exit status of a process that a signal ended; undefined where none came. */
  readonly status: () => number | undefined
  end(): void
}

export function untilSignal({ onSignal, endBy }: World): UntilSignal {
  const abort = new AbortController()
  let status: number | undefined
  // It listens on: a library that unlocks files ends the process where nobody else listens.
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
