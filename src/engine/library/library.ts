import type { Dialect } from '../../api/dialect.ts'
import type { Interaction } from '../../cassette/cassette.ts'
import type { Identify } from '../../match/identity.ts'
import type { Redactor } from '../../redact/redactor.ts'
import type { Arrivals } from '../arrival.ts'
import type { Mode, Plan } from '../modes.ts'
import type { Scratch } from '../ports.ts'
import { RequestReader } from '../request/request-reader.ts'
import { SpooledBlobs } from '../request/spool.ts'
import type { Scope } from '../scope.ts'
import type { Catalog, Entry } from './catalog.ts'
import type { Recorder, SaveReport } from './recorder.ts'
import type { SearchScope } from './search-scope.ts'

/** How requests are compared in a library, its rules ready to use. */
export interface Matching {
  readonly identify: Identify
  /** Request headers that count, besides those that the API gives meaning to. */
  readonly headers: readonly string[]
  readonly hasRules: boolean
  /** Whether the ids that a client makes may stand for recorded ones. */
  readonly alignsIds: boolean
}

/** What was opened: a cassette, or a directory of them. */
export interface Opened {
  /** The mode of the options, unless the recording is too old to be replayed and is recorded anew. */
  readonly mode: Mode
  readonly plan: Plan
  readonly matching: Matching
  /** Names of the cassettes to look in or record into. */
  readonly cassettes: readonly string[]
  readonly isDirectory: boolean
  readonly catalog: Catalog
  /** Undefined when nothing is recorded. */
  readonly recorder: Recorder | undefined
  readonly searchScope: SearchScope
}

/** The cassettes that sessions answer from or record into: one, or a directory. Its sessions share what is recorded. */
export class Library {
  readonly mode: Mode
  readonly plan: Plan
  readonly cassettes: readonly string[]
  readonly isDirectory: boolean
  readonly catalog: Catalog
  /** What the cassettes held when they were opened. What the run records joins the catalog only. */
  readonly heldAtOpening: ReadonlySet<Entry>
  readonly recorder: Recorder | undefined
  readonly redactor: Redactor
  readonly reader: RequestReader
  /** Large content that is in no cassette yet. */
  readonly spooled: SpooledBlobs
  /** Whether the caller's own ids may stand for the recorded ones. */
  readonly alignsIds: boolean
  readonly searchScope: SearchScope

  constructor(
    opened: Opened,
    { redactor, scratch, dialect }: { redactor: Redactor; scratch: Scratch; dialect: Dialect },
  ) {
    this.mode = opened.mode
    this.plan = opened.plan
    this.cassettes = opened.cassettes
    this.isDirectory = opened.isDirectory
    this.catalog = opened.catalog
    this.heldAtOpening = new Set(opened.catalog.entries)
    this.recorder = opened.recorder
    this.redactor = redactor
    this.spooled = new SpooledBlobs(scratch, redactor, this.records)
    const { identify, headers, alignsIds } = opened.matching
    this.reader = new RequestReader(redactor, dialect, identify, headers)
    this.alignsIds = alignsIds
    this.searchScope = opened.searchScope
  }

  /** Where the interactions were recorded from. */
  get upstreams(): ReadonlySet<string> {
    return this.catalog.upstreams
  }

  /** Whether it answers from the cassettes alone. */
  get replays(): boolean {
    return this.plan.reads && this.plan.asks === 'never'
  }

  get records(): boolean {
    return this.recorder !== undefined
  }

  /** Whether the mode records, and some request has no recorded answer. */
  get hasUnrecorded(): boolean {
    return this.recorder?.hasUnrecorded === true
  }

  /** The interactions that were recorded for this scope. */
  recordedFor(scope: Scope): readonly Interaction[] {
    return this.recorder?.recordedFor(scope) ?? []
  }

  /** Takes back what was recorded for this scope. */
  forget(scope: Scope): void {
    for (const interaction of this.recorder?.forget(scope) ?? []) this.catalog.remove(interaction)
  }

  /** Puts an interaction behind what was recorded so far, as if it had been sent now. */
  carryOver(interaction: Interaction, upstream: string, arrivals: Arrivals): void {
    const { fingerprint } = this.reader.identify(interaction.request)
    const slot = this.recorder?.take(fingerprint, arrivals.next().order, undefined)
    if (slot !== undefined) this.recorder?.fill(slot, interaction, upstream)
  }

  /** Writes what the sessions recorded; undefined when nothing is recorded in this mode. */
  save(): Promise<SaveReport | undefined> {
    return this.recorder === undefined ? Promise.resolve(undefined) : this.recorder.save(this.spooled)
  }
}
