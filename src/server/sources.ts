import { type UnusedInteraction, UsageError } from '../messages/errors.ts'
import type { Repeat } from '../match/lookup.ts'
import type { FaultPlan } from '../policies/faults/plan.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import { type Arrival, arrive } from '../engine/arrival.ts'
import type { Counts, JournalEntry } from '../engine/journal.ts'
import { Ledger } from '../engine/session/run-ledger.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Session } from '../engine/session/session.ts'
import { Source, type Surroundings } from '../vcr/library.ts'
import { playedIn } from '../engine/library/played.ts'
import { unusedOf } from '../engine/library/coverage.ts'
import { type ServedSession, Sessions } from './sessions.ts'

/** The result of a server's run. */
export interface RunReport {
  readonly saved: readonly SaveReport[]
  /** Journals of the sessions that existed at the end. */
  readonly journal: readonly JournalEntry[]
  /** Requests of all sessions that found no answer or were not recorded; the first thousand. */
  readonly findings: readonly JournalEntry[]
  /** Requests of all sessions, by outcome. */
  readonly counts: Counts
  /** Requests that found no answer: misses and exhausted ones. */
  readonly unanswered: number
  /** Interactions that no session played, of the cassettes that requests named; empty for a whole directory. */
  readonly unused: readonly UnusedInteraction[]
  /** Recordings that could not be written; each message says where they were saved instead. */
  readonly failures: readonly Error[]
}

export interface SourcesOptions {
  /** The cassette for requests that name none. */
  readonly cassette: string | undefined
  /** Without it, named sessions answer a repeat with an error, and unnamed ones start over. */
  readonly repeat: Repeat | undefined
  /** The upstream of a cassette, if one is configured. */
  readonly upstreamOf: (cassette: string) => string | undefined
  readonly recordCommand: (cassette: string) => string
  /** A named session without a request for this long is dropped. */
  readonly idleMs: number
}

/** The server's open cassettes, and its sessions over them. */
export class Sources {
  readonly #surroundings: Surroundings
  readonly #options: SourcesOptions
  readonly #opened = new Map<string, Promise<Source>>()
  readonly #sessions: Sessions
  readonly #ledger = new Ledger()
  /** Fault plans by session name. A plan may be set before its session starts. */
  readonly #faultPlans = new Map<string | undefined, { readonly plan: FaultPlan; readonly at: number }>()
  #known: ReadonlySet<string> = new Set()

  constructor(surroundings: Surroundings, options: SourcesOptions) {
    this.#surroundings = surroundings
    this.#options = options
    this.#sessions = new Sessions((name, cassette) => this.#start(name, cassette), {
      clock: surroundings.clock,
      idleMs: options.idleMs,
    })
  }

  /** Opens what can be opened in advance, so that errors show at startup. */
  async open(): Promise<void> {
    const { store, options } = this.#surroundings
    if (options.mode === 'replay') this.#known = new Set(await store.list())
    else if (options.mode !== 'live') await store.ensureWritable()
    await this.#source(this.#options.cassette)
  }

  /** Whether a replay has this cassette. A recording accepts any name. */
  exists(name: string): boolean {
    return this.#known.has(name)
  }

  arrive(): Arrival {
    return arrive(this.#surroundings.clock)
  }

  /** Runs `use` in the session of this name over this cassette. The first request starts it. */
  within<T>(
    name: string | undefined,
    cassette: string | undefined,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    return this.#sessions.within(name, cassette, use)
  }

  sessions(): readonly ServedSession[] {
    const own = this.#surroundings.options.mode === 'replay' ? undefined : DEFAULT_CASSETTE
    return this.#sessions
      .list()
      .map((served) => ({ ...served, cassette: served.cassette ?? this.#options.cassette ?? own }))
  }

  /** Ends and forgets the sessions of this name. Their recordings and their part of the run's report stay. */
  end(name: string | undefined): void {
    this.#faultPlans.delete(name)
    for (const session of this.#named(name)) session.rehearsal.end()
    this.#sessions.end(name)
  }

  /**
   * Sets the faults of the sessions of this name, from the next request on.
   * @param plan undefined restores the server's own
   */
  setFaults(name: string | undefined, plan: FaultPlan | undefined): void {
    const { clock } = this.#surroundings
    const names = new Set(this.#sessions.list().map((served) => served.name))
    for (const [of, { at }] of this.#faultPlans)
      if (!names.has(of) && clock.now() - at > this.#options.idleMs) this.#faultPlans.delete(of)
    if (plan === undefined) this.#faultPlans.delete(name)
    else this.#faultPlans.set(name, { plan, at: clock.now() })
    for (const session of this.#named(name)) session.rehearsal.replace(plan)
  }

  /** Advances the clock of the limits of this name's sessions; returns how many sessions there are. */
  advance(name: string | undefined, ms: number): number {
    const sessions = this.#named(name)
    for (const session of sessions) session.rehearsal.advance(ms)
    return sessions.length
  }

  /** Ends requests that a fault delays. */
  endWaiting(): void {
    for (const { session } of this.#sessions.list()) session.rehearsal.end()
  }

  /** Finishes requests in progress, `graceMs` at most, and with `keep` writes what was recorded. */
  async close(graceMs: number, keep: boolean): Promise<RunReport> {
    await this.#sessions.settle(graceMs)
    const saved: SaveReport[] = []
    const failures: Error[] = []
    for (const opened of keep ? this.#opened.values() : []) {
      const source = await opened.catch((error: unknown) => error as Error)
      // An invalid cassette name was refused when it was used, and nothing was recorded under it.
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

  /** Which interactions of the open cassettes the run played, by the present contents of their files. */
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

  async #start(name: string | undefined, cassette: string | undefined): Promise<Session> {
    const source = await this.#source(cassette ?? this.#options.cassette)
    const repeat = this.#options.repeat ?? (name === undefined ? 'cycle' : 'error')
    const session = source.session(repeat, this.#ledger)
    const faults = this.#faultPlans.get(name)
    if (faults !== undefined) session.rehearsal.replace(faults.plan)
    return session
  }

  #named(name: string | undefined): Session[] {
    return this.#sessions.list().flatMap((served) => (served.name === name ? [served.session] : []))
  }

  #surroundingsOf(cassette: string): Surroundings {
    const { options } = this.#surroundings
    const upstream = this.#options.upstreamOf(cassette)
    return { ...this.#surroundings, options: { ...options, upstream } }
  }

  #source(cassette: string | undefined): Promise<Source> {
    const { mode } = this.#surroundings.options
    const { recordCommand } = this.#options
    const key = cassette ?? (mode === 'replay' ? '' : DEFAULT_CASSETTE)
    const known = this.#opened.get(key)
    if (known !== undefined) return known
    const opened =
      key === ''
        ? Source.directory(this.#surroundings, recordCommand(DEFAULT_CASSETTE))
        : Source.cassette(key, this.#surroundingsOf(key), recordCommand(key))
    this.#opened.set(key, opened)
    // This request gets the error. The next one tries again, as the cassette may be repaired by then.
    opened.catch(() => this.#opened.delete(key))
    return opened
  }
}

/** The cassette into which requests that name none are recorded. */
const DEFAULT_CASSETTE = 'default'
