import type { Budget } from '../policies/budget/amount.ts'
import type { Destination, Dialect } from '../api/dialect.ts'
import type { FaultPlan } from '../policies/faults/plan.ts'
import type { Repeat } from '../match/lookup.ts'
import type { Redactor } from '../redact/redactor.ts'
import type { Timing } from './replay/timing.ts'
import type { Catalog, Entry } from './library/catalog.ts'
import type { HeldBlobs } from './request/spooled-blobs.ts'
import type { LimitTime } from '../policies/limits/limit-clock.ts'
import type { Env, Plan } from './modes.ts'
import type { Clock, Prices, Scratch, Store, Tokenizer, Upstream } from './ports.ts'
import type { Recorder } from './library/recorder.ts'
import type { RequestReader } from './request/request-reader.ts'
import type { Whereabouts } from './library/search-scope.ts'

/** What a session works with; much of it is shared by the sessions of one source. */
export interface Setting extends Whereabouts {
  readonly plan: Plan
  readonly catalog: Catalog
  /** What the cassette held when it was opened. What is recorded in the run joins the catalog only. */
  readonly found: ReadonlySet<Entry>
  /** Absent when nothing is recorded. */
  readonly recorder: Recorder | undefined
  readonly redactor: Redactor
  readonly reader: RequestReader
  readonly dialect: Dialect
  readonly store: Store
  /** Large content that is in no file yet. */
  readonly held: HeldBlobs
  readonly scratch: Scratch
  readonly upstream: Upstream
  readonly clock: Clock
  readonly prices: Prices
  readonly tokenizer: Tokenizer
  readonly repeat: Repeat
  /** Whether the caller's own ids may stand for the recorded ones. */
  readonly align: boolean
  readonly timing: Timing
  /** Where requests go when the adapter does not know, or when the user said so. */
  readonly base: Destination
  /** Where keys are that clients have not. */
  readonly env: Env
  readonly keepTruncated: boolean
  /** What goes wrong, unless a session has faults of its own. */
  readonly faults: FaultPlan
  readonly limitClock: LimitTime
  /** What may be used; undefined for no end. */
  readonly budget: Budget | undefined
  /** Tells the user what cannot wait for the end of the run. */
  readonly warn: (message: string) => void
  /** How messages name the command that would record. */
  readonly remedy: string
}
