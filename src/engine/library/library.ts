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

/** The compiled matching rules of a library. */
export interface Matching {
  readonly identify: Identify
  /** Request headers that are compared, in addition to those that the API defines. */
  readonly headers: readonly string[]
  readonly hasRules: boolean
  /** Whether ids that a client generates are aligned with recorded ones. */
  readonly alignsIds: boolean
}

/** An open cassette, or an open directory of cassettes. */
export interface Opened {
  /** The mode of the options, unless the recording has expired and is recorded again. */
  readonly mode: Mode
  readonly plan: Plan
  readonly matching: Matching
  /** Names of the cassettes to search or to record into. */
  readonly cassettes: readonly string[]
  readonly isDirectory: boolean
  readonly catalog: Catalog
  /** Undefined when nothing is recorded. */
  readonly recorder: Recorder | undefined
  readonly searchScope: SearchScope
}

/** The cassettes of one or more sessions: one file or a directory. The sessions share new recordings. */
export class Library {
  readonly mode: Mode
  readonly plan: Plan
  readonly cassettes: readonly string[]
  readonly isDirectory: boolean
  readonly catalog: Catalog
  /** The contents of the cassettes when they were opened. New recordings join only the catalog. */
  readonly heldAtOpening: ReadonlySet<Entry>
  readonly recorder: Recorder | undefined
  readonly redactor: Redactor
  readonly reader: RequestReader
  /** Large bodies that are not in a cassette yet. */
  readonly spooled: SpooledBlobs
  /** Whether ids that a client generates are aligned with recorded ones. */
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

  /** The base URLs that the interactions were recorded from. */
  get upstreams(): ReadonlySet<string> {
    return this.catalog.upstreams
  }

  /** Whether it answers only from the cassettes. */
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

  /** The interactions recorded for this scope. */
  recordedFor(scope: Scope): readonly Interaction[] {
    return this.recorder?.recordedFor(scope) ?? []
  }

  /** Drops the interactions recorded for this scope. */
  forget(scope: Scope): void {
    for (const interaction of this.recorder?.forget(scope) ?? []) this.catalog.remove(interaction)
  }

  /** Appends an interaction, as if its request had been sent now. */
  carryOver(interaction: Interaction, upstream: string, arrivals: Arrivals): void {
    const { fingerprint } = this.reader.identify(interaction.request)
    const slot = this.recorder?.take(fingerprint, arrivals.next().order, undefined)
    if (slot !== undefined) this.recorder?.fill(slot, interaction, upstream)
  }

  /** Writes the new recordings. Undefined in modes that do not record. */
  save(): Promise<SaveReport | undefined> {
    return this.recorder === undefined ? Promise.resolve(undefined) : this.recorder.save(this.spooled)
  }
}
