import { AsyncLocalStorage } from 'node:async_hooks'

/** In what a stand-in differs from what it usually is. */
export interface Switches {
  /** New ids and times with every run, as the API has them; one that it never gave is refused. */
  readonly fresh?: boolean
  /** Says the same in other words. */
  readonly words?: boolean
  /** Calls its tools in another order, or none. */
  readonly tools?: 'other' | 'none'
  /** Calls tools with other arguments. */
  readonly arguments?: boolean
  /** Stops in the middle of what it says. */
  readonly short?: boolean
  /**
   * How often it says of what takes its time that this is not done yet.
   * @default 1
   */
  readonly polls?: number
}

const current = new AsyncLocalStorage<Switches>()

/** Answers a request with these switches. */
export function underSwitches<T>(how: Switches, work: () => T): T {
  return current.run(how, work)
}

/** Those under which a request is being answered. */
export function switches(): Switches {
  return current.getStore() ?? {}
}
