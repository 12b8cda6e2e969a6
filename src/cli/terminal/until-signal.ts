import { constants } from 'node:os'

/** Aborts when the user interrupts. A second time ends the process at once, as if nobody had listened. */
export interface UntilSignal {
  readonly signal: AbortSignal
  /** The exit status of a process that a signal ended; undefined where none came. */
  readonly status: () => number | undefined
  end(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export function untilSignal(): UntilSignal {
  const abort = new AbortController()
  let status: number | undefined
  const end = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
  // It listens on: a library that unlocks files ends the process where nobody else listens.
  const stop = (signal: NodeJS.Signals): void => {
    if (status !== undefined) {
      end()
      process.kill(process.pid, signal)
      return
    }
    status = 128 + constants.signals[signal]
    abort.abort(new Error(`stopped by ${signal}`))
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  return { signal: abort.signal, status: () => status, end }
}
