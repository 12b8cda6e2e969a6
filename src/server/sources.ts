import { type UnusedInteraction, UsageError } from '../messages/errors.ts'
import type { Repeat } from '../match/lookup.ts'
import type { FaultPlan } from '../policies/faults/plan.ts'
import type { PlayedCassette } from '../cassette/run-report.ts'
import { type Arrival, arrive } from '../engine/arrival.ts'
import type { Counts, JournalEntry } from '../engine/journal.ts'
import { Ledger } from '../engine/session/run-ledger.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Session } from '../engine/session/session.ts'
import { Source, type Surroundings } from '../vcr/library.ts'
import { playedIn } from '../engine/library/played.ts'
import { unusedOf } from '../engine/library/coverage.ts'
import { type Kept, Sessions } from './sessions.ts'

/** What a run of the server came to. */
export interface RunReport {
  readonly saved: readonly SaveReport[]
  /** Of the sessions that were there at the end. */
  readonly journal: readonly JournalEntry[]
  /** What found no answer or was not kept, in whichever session; the first thousand. */
  readonly findings: readonly JournalEntry[]
  /** How many requests came to what, in whichever session. */
  readonly counts: Counts
  /** Requests that found no answer: misses and exhausted ones. */
  readonly unanswered: number
  /** What no session played of the cassettes that requests were answered from; not told of a whole directory. */
  readonly unused: readonly UnusedInteraction[]
  /** Recordings that could not be written; each message says where they stand instead. */
  readonly failures: readonly Error[]
}

export interface SourcesOptions {
  /** What requests that name none are answered from or recorded into. */
  readonly cassette: string | undefined
  /** For every session; undefined for an error in named ones and a new start in the unnamed one. */
  readonly repeat: Repeat | undefined
  /** Where a cassette is recorded from, where somebody said. */
  readonly upstreamOf: (cassette: string) => string | undefined
  readonly remedy: (cassette: string) => string
  /** After so long a named session that nobody asked is dropped. */
  readonly idleMs: number
}

/** The cassettes that the server has open, and its sessions over them. */
export class Sources {
  readonly #surroundings: Surroundings
  readonly #options: SourcesOptions
  readonly #opened = new Map<string, Promise<Source>>()
  readonly #sessions: Sessions
  readonly #ledger = new Ledger()
  /** Of sessions with failures of their own: those of a session may be there before it begins. */
  readonly #rehearsed = new Map<string | undefined, { readonly plan: FaultPlan; readonly at: number }>()
  #known: ReadonlySet<string> = new Set()

  constructor(surroundings: Surroundings, options: SourcesOptions) {
    this.#surroundings = surroundings
    this.#options = options
    this.#sessions = new Sessions((name, cassette) => this.#begin(name, cassette), {
      clock: surroundings.clock,
      idleMs: options.idleMs,
    })
  }

  /** Opens what can be opened beforehand, so that what is broken is said at the start. */
  async open(): Promise<void> {
    const { store, options } = this.#surroundings
    if (options.mode === 'replay') this.#known = new Set(await store.list())
    else if (options.mode !== 'live') await store.ensureWritable()
    await this.#source(this.#options.cassette)
  }

  /** Whether a replay knows this cassette. A recording takes names as they come. */
  exists(name: string): boolean {
    return this.#known.has(name)
  }

  arrive(): Arrival {
    return arrive(this.#surroundings.clock)
  }

  /** Does something in the session of this name over this cassette; it begins with its first request. */
  within<T>(
    name: string | undefined,
    cassette: string | undefined,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    return this.#sessions.within(name, cassette, use)
  }

  sessions(): readonly Kept[] {
    const own = this.#surroundings.options.mode === 'replay' ? undefined : DEFAULT_CASSETTE
    return this.#sessions
      .list()
      .map((kept) => ({ ...kept, cassette: kept.cassette ?? this.#options.cassette ?? own }))
  }

  /** Ends and forgets the sessions of this name. What they recorded stays, and so does what the run's report needs. */
  end(name: string | undefined): void {
    this.#rehearsed.delete(name)
    for (const session of this.#named(name)) session.rehearsal.end()
    this.#sessions.end(name)
  }

  /**
   * Gives the sessions of this name failures of their own, from the next request on.
   * @param plan the server's where it is undefined
   */
  rehearse(name: string | undefined, plan: FaultPlan | undefined): void {
    const { clock } = this.#surroundings
    const names = new Set(this.#sessions.list().map((kept) => kept.name))
    for (const [of, { at }] of this.#rehearsed)
      if (!names.has(of) && clock.now() - at > this.#options.idleMs) this.#rehearsed.delete(of)
    if (plan === undefined) this.#rehearsed.delete(name)
    else this.#rehearsed.set(name, { plan, at: clock.now() })
    for (const session of this.#named(name)) session.rehearsal.replace(plan)
  }

  /** Lets time pass for the limits of the sessions of this name; returns how many there are. */
  advance(name: string | undefined, ms: number): number {
    const sessions = this.#named(name)
    for (const session of sessions) session.rehearsal.advance(ms)
    return sessions.length
  }

  /** Ends what waits because it was told to fail so. */
  endWaiting(): void {
    for (const { session } of this.#sessions.list()) session.rehearsal.end()
  }

  /** Finishes what is in flight, `graceMs` at most, and writes what was recorded if it is to be kept. */
  async close(graceMs: number, keep: boolean): Promise<RunReport> {
    await this.#sessions.settle(graceMs)
    const saved: SaveReport[] = []
    const failures: Error[] = []
    for (const opened of keep ? this.#opened.values() : []) {
      const source = await opened.catch((error: unknown) => error as Error)
      // Who named a cassette that cannot be was told so: nothing was recorded there.
      if (source instanceof UsageError) continue
      const result =
        source instanceof Error ? source : await source.save().catch((error: unknown) => error as Error)
      if (result instanceof Error) failures.push(result)
      else if (result !== undefined) saved.push(result)
    }
    const { counts, findings } = this.#ledger
    return {
      saved,
      failures,
      counts,
      findings,
      journal: this.#sessions.list().flatMap(({ session }) => session.journal),
      unanswered: counts.miss + counts.exhausted,
      unused: await this.#unused(),
    }
  }

  /** Which interactions of the open cassettes the run played, as their files now stand. */
  async played(): Promise<readonly PlayedCassette[]> {
    return playedIn(this.#surroundings.store, await this.#usable(), this.#ledger.played)
  }

  async #unused(): Promise<UnusedInteraction[]> {
    const sources = (await this.#usable()).filter((source) => source.replays && !source.isDirectory)
    return sources.flatMap((source) => unusedOf(source.found, this.#ledger.played))
  }

  async #usable(): Promise<Source[]> {
    const opened = await Promise.allSettled(this.#opened.values())
    return opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  }

  async #begin(name: string | undefined, cassette: string | undefined): Promise<Session> {
    const source = await this.#source(cassette ?? this.#options.cassette)
    const repeat = this.#options.repeat ?? (name === undefined ? 'cycle' : 'error')
    const session = source.session(repeat, this.#ledger)
    const rehearsed = this.#rehearsed.get(name)
    if (rehearsed !== undefined) session.rehearsal.replace(rehearsed.plan)
    return session
  }

  #named(name: string | undefined): Session[] {
    return this.#sessions.list().flatMap((kept) => (kept.name === name ? [kept.session] : []))
  }

  #surroundingsOf(cassette: string): Surroundings {
    const { options } = this.#surroundings
    const upstream = this.#options.upstreamOf(cassette)
    return { ...this.#surroundings, options: { ...options, upstream } }
  }

  #source(cassette: string | undefined): Promise<Source> {
    const { mode } = this.#surroundings.options
    const { remedy } = this.#options
    const key = cassette ?? (mode === 'replay' ? '' : DEFAULT_CASSETTE)
    const known = this.#opened.get(key)
    if (known !== undefined) return known
    const opened =
      key === ''
        ? Source.directory(this.#surroundings, remedy(DEFAULT_CASSETTE))
        : Source.cassette(key, this.#surroundingsOf(key), remedy(key))
    this.#opened.set(key, opened)
    // Whoever asked hears why. The next one may find it mended.
    opened.catch(() => this.#opened.delete(key))
    return opened
  }
}

/** Where recordings go whose request names no cassette. */
const DEFAULT_CASSETTE = 'default'
