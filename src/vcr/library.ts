import type { Interaction } from '../cassette/cassette.ts'
import type { Dialect } from '../api/dialect.ts'
import { type FaultPlan, readPlan } from '../policies/faults/plan.ts'
import type { Repeat } from '../match/lookup.ts'
import type { MatcherOptions } from '../match/rules.ts'
import { Redactor } from '../redact/redactor.ts'
import { arrive } from '../engine/arrival.ts'
import type { Catalog, Entry } from '../engine/library/catalog.ts'
import { cassettesOf, catalogOf } from '../engine/library/read-cassette.ts'
import { type ExpiryRules, judgeAll, openingOf } from './expiry.ts'
import { HeldBlobs } from '../engine/request/spooled-blobs.ts'
import type { Ledger } from '../engine/session/run-ledger.ts'
import { type Matching, matchingOf } from '../engine/matching.ts'
import { type Env, type Mode, type Plan, planOf } from '../engine/modes.ts'
import type { ResolvedOptions } from './options/options.ts'
import type { Clock, Prices, Scratch, Store, Tokenizer, Upstream } from '../engine/ports.ts'
import { Recorder, type SaveReport } from '../engine/library/recorder.ts'
import { RequestReader } from '../engine/request/request-reader.ts'
import { madeEqual } from './options/directory-config.ts'
import { Session } from '../engine/session/session.ts'
import type { Trail } from '../engine/scope.ts'
import {
  cassetteWhereabouts,
  directoryWhereabouts,
  type Whereabouts,
} from '../engine/library/search-scope.ts'

/** What a source needs of the world, and what the user chose. */
export interface Surroundings {
  readonly options: ResolvedOptions
  readonly store: Store
  readonly scratch: Scratch
  readonly upstream: Upstream
  readonly clock: Clock
  readonly prices: Prices
  readonly tokenizer: Tokenizer
  readonly dialect: Dialect
  readonly secrets: readonly string[]
  /** Where keys are to record with, where a client has none. */
  readonly env: Env
  readonly warn: (message: string) => void
  /** How requests are compared in one cassette, or in a whole directory. */
  readonly matchersOf: (name: string | undefined) => MatcherOptions
  /** Absent where recordings may grow as old as they like. */
  readonly expiry?: ExpiryRules
}

interface Opened {
  readonly mode: Mode
  readonly plan: Plan
  readonly matching: Matching
  readonly cassettes: readonly string[]
  readonly isDirectory: boolean
  readonly catalog: Catalog
  readonly recorder: Recorder | undefined
  readonly whereabouts: Whereabouts
  readonly remedy: string
}

/** A cassette, or a whole directory of them, opened for a run. Its sessions share what is recorded. */
export class Source {
  /** That of the options, unless it is too old to be replayed and is recorded anew. */
  readonly mode: Mode
  readonly #surroundings: Surroundings
  readonly #plan: Plan
  readonly #catalog: Catalog
  readonly #found: ReadonlySet<Entry>
  readonly #recorder: Recorder | undefined
  readonly #cassettes: readonly string[]
  readonly #isDirectory: boolean
  readonly #redactor: Redactor
  readonly #held: HeldBlobs
  readonly #reader: RequestReader
  readonly #align: boolean
  readonly #faults: FaultPlan
  readonly #names: Whereabouts & { readonly remedy: string }

  private constructor(surroundings: Surroundings, opened: Opened) {
    this.#surroundings = surroundings
    this.mode = opened.mode
    this.#plan = opened.plan
    this.#catalog = opened.catalog
    this.#found = new Set(opened.catalog.entries)
    this.#recorder = opened.recorder
    this.#cassettes = opened.cassettes
    this.#isDirectory = opened.isDirectory
    this.#redactor = new Redactor(
      surroundings.dialect.shapes.secrets,
      surroundings.secrets,
      surroundings.options.redact,
    )
    this.#held = new HeldBlobs(surroundings.scratch, this.#redactor, this.records)
    const { identify, headers } = opened.matching
    // A wrapped command is part of the remedy, and may well hold a key.
    const clean = (text: string): string => this.#redactor.text(text)
    const { where, absence } = opened.whereabouts
    this.#names = {
      where: clean(where),
      ...(absence === undefined ? {} : { absence: async () => clean(await absence()) }),
      remedy: clean(opened.remedy),
    }
    this.#reader = new RequestReader(this.#redactor, surroundings.dialect, identify, headers)
    this.#align = opened.matching.align
    this.#faults = readFaultOptions(surroundings)
    for (const text of opened.matching.hasRules ? madeEqual(opened.catalog) : []) surroundings.warn(text)
  }

  /**
   * Opens one cassette.
   * @throws CassetteError when the mode reads it and it is broken, or too old
   * @throws UsageError when the mode records and the directory cannot be written
   */
  static async cassette(name: string, surroundings: Surroundings, remedy: string): Promise<Source> {
    const { store, clock } = surroundings
    const text = await store.read(name)
    const { mode, plan, recorded } = await openingOf(name, text !== undefined, surroundings)
    if (plan.writes !== 'never') await store.ensureWritable()
    const matching = matchingOf(surroundings.matchersOf(name), surroundings.dialect)
    const { identify } = matching
    const catalog = catalogOf(recorded, identify, plan.reads)
    const recorder =
      plan.writes === 'never'
        ? undefined
        : new Recorder({
            name,
            store,
            clock,
            identify,
            replaces: plan.writes === 'replaces',
            present: (fingerprint) => catalog.index.get(fingerprint)?.length ?? 0,
            openedText: text,
          })
    // One that is about to be recorded is not missed.
    const isThere = text !== undefined || plan.asks !== 'never'
    return new Source(surroundings, {
      mode,
      plan,
      matching,
      cassettes: [name],
      isDirectory: false,
      catalog,
      recorder,
      whereabouts: cassetteWhereabouts(store, name, isThere),
      remedy,
    })
  }

  /** Opens every cassette of the directory for a replay. */
  static async directory(surroundings: Surroundings, remedy: string): Promise<Source> {
    const { store } = surroundings
    const names = await store.list()
    const recorded = await cassettesOf(store, names)
    judgeAll(recorded, surroundings)
    const matching = matchingOf(surroundings.matchersOf(undefined), surroundings.dialect)
    return new Source(surroundings, {
      mode: 'replay',
      plan: planOf('replay', true),
      matching,
      cassettes: names,
      isDirectory: true,
      catalog: catalogOf(recorded, matching.identify),
      recorder: undefined,
      whereabouts: directoryWhereabouts(store, names),
      remedy,
    })
  }

  get redactor(): Redactor {
    return this.#redactor
  }

  get store(): Store {
    return this.#surroundings.store
  }

  /** What was recorded when this was opened. */
  get found(): ReadonlySet<Entry> {
    return this.#found
  }

  /** Where the interactions were recorded from. */
  get upstreams(): ReadonlySet<string> {
    return this.#catalog.upstreams
  }

  /** The cassettes that this looks in or records into. */
  get cassettes(): readonly string[] {
    return this.#cassettes
  }

  /** Whether it answers from the cassette alone. */
  get replays(): boolean {
    return this.#plan.reads && this.#plan.asks === 'never'
  }

  get isDirectory(): boolean {
    return this.#isDirectory
  }

  get records(): boolean {
    return this.#recorder !== undefined
  }

  /** @param ledger the books of the run that the session is part of */
  session(repeat: Repeat, ledger?: Ledger): Session {
    const { options, ...world } = this.#surroundings
    const setting = {
      ...world,
      plan: this.#plan,
      catalog: this.#catalog,
      found: this.#found,
      recorder: this.#recorder,
      redactor: this.#redactor,
      reader: this.#reader,
      held: this.#held,
      repeat,
      align: this.#align,
      timing: options.timing,
      base: {
        url: options.upstream ?? world.dialect.defaultUpstream,
        explicit: options.upstream !== undefined,
      },
      keepTruncated: options.keepTruncated,
      faults: this.#faults,
      limitClock: options.limitClock,
      budget: options.budget,
      ...this.#names,
    }
    return new Session(setting, ledger)
  }

  /** What was recorded for whoever left this trail. */
  recorded({ slots }: Trail): readonly Interaction[] {
    return this.#recorder?.at(slots) ?? []
  }

  /** Puts an interaction behind what was recorded so far, as if it had been asked now. */
  carryOver(interaction: Interaction, upstream: string): void {
    const { fingerprint } = this.#reader.identify(interaction.request)
    const slot = this.#recorder?.take(fingerprint, arrive(this.#surroundings.clock).order)
    if (slot !== undefined) this.#recorder?.fill(slot, interaction, upstream)
  }

  /** Whether something was asked of which no answer is recorded, in a mode that records. */
  get lacks(): boolean {
    return this.#recorder?.lacks === true
  }

  /** Writes what the sessions recorded; undefined when nothing is recorded in this mode. */
  save(): Promise<SaveReport | undefined> {
    return this.#recorder === undefined ? Promise.resolve(undefined) : this.#recorder.save(this.#held)
  }
}

function readFaultOptions({ options: { faults, limits }, dialect }: Surroundings): FaultPlan {
  return readPlan({ faults, limits }, 'the options', dialect.errors.names)
}
