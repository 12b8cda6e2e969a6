import type { Dialect } from '../api/dialect.ts'
import type { Arrivals } from './arrival.ts'
import type { Env } from './modes.ts'
import type { Clock, Prices, Scratch, Store, Tokenizer, Upstream } from './ports.ts'

/** Everything outside the engine that it works with: its ports, and the API that it records. */
export interface Dependencies {
  readonly store: Store
  readonly scratch: Scratch
  readonly upstream: Upstream
  readonly clock: Clock
  readonly arrivals: Arrivals
  readonly prices: Prices
  readonly tokenizer: Tokenizer
  readonly dialect: Dialect
  /** Holds the API keys for clients that send none. */
  readonly env: Env
  /** Shows warnings that cannot wait for the end of the run. */
  readonly warn: (message: string) => void
}
