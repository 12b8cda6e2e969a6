import { type UnusedInteraction, UsageError } from '../messages/errors.ts'
import type { Repeat } from '../match/lookup.ts'
import type { FaultPlan } from '../policies/faults/plan.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import type { Arrival } from '../engine/arrival.ts'
import type { AnswerOrLater } from '../engine/exchange/exchange.ts'
import type { Counts, JournalEntry } from '../engine/journal.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import { playedIn, unusedOf } from '../engine/library/coverage.ts'
import type { Library } from '../engine/library/library.ts'
import type { Composition } from '../vcr/composition.ts'
import { openDirectory, openLibrary } from '../vcr/open-library.ts'
import { OpenSession, RunTotals } from '../vcr/open-session.ts'
import { type Lease, type ServedSession, Sessions } from './sessions.ts'

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

export interface LibrariesOptions {
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

/** What the server has open, and its sessions over it. */
export class Libraries {
  readonly #composition: Composition
  readonly #options: LibrariesOptions
  /** By cassette; undefined for the whole directory. */
  readonly #opened = new Map<string | undefined, Promise<Library>>()
  readonly #sessions: Sessions
  readonly #run = new RunTotals()
  /** Fault plans by session name. A plan may be set before its session starts. */
  readonly #faultPlans = new Map<string | undefined, { readonly plan: FaultPlan; readonly at: number }>()
  #known: ReadonlySet<string> = new Set()

  constructor(composition: Composition, options: LibrariesOptions) {
    this.#composition = composition
    this.#options = options
    this.#sessions = new Sessions((name, cassette) => this.#start(name, cassette), {
      clock: composition.dependencies.clock,
      idleMs: options.idleMs,
    })
  }

  /** Opens what can be opened in advance, so that errors show at startup. */
  async open(): Promise<void> {
    const { options, dependencies } = this.#composition
    const { store } = dependencies
    if (options.mode === 'replay') this.#known = new Set(await store.list())
    else if (options.mode !== 'live') await store.ensureWritable()
    await this.#library(this.#keyOf(this.#options.cassette))
  }

  /** Whether a replay has this cassette. A recording accepts any name. */
  exists(name: string): boolean {
    return this.#known.has(name)
  }

  arrive(): Arrival {
    return this.#composition.dependencies.arrivals.next()
  }

  /** Takes the session of this name over this cassette for one request. The first request starts it. */
  acquire(name: string | undefined, cassette: string | undefined): AnswerOrLater<Lease> {
    return this.#sessions.acquire(name, cassette)
  }

  sessions(): readonly ServedSession[] {
    const own = this.#composition.options.mode === 'replay' ? undefined : DEFAULT_CASSETTE
    return this.#sessions
      .list()
      .map((served) => ({ ...served, cassette: served.cassette ?? this.#options.cassette ?? own }))
  }

  /** Ends and forgets the sessions of this name. Their recordings and their part of the run's report stay. */
  end(name: string | undefined): void {
    this.#faultPlans.delete(name)
    for (const session of this.#named(name)) session.endWaiting()
    this.#sessions.end(name)
  }

  /**
   * Sets the faults of the sessions of this name, from the next request on.
   * @param plan undefined restores the server's own
   */
  setFaults(name: string | undefined, plan: FaultPlan | undefined): void {
    const { clock } = this.#composition.dependencies
    const names = new Set(this.#sessions.list().map((served) => served.name))
    for (const [of, { at }] of this.#faultPlans)
      if (!names.has(of) && clock.now() - at > this.#options.idleMs) this.#faultPlans.delete(of)
    if (plan === undefined) this.#faultPlans.delete(name)
    else this.#faultPlans.set(name, { plan, at: clock.now() })
    for (const session of this.#named(name)) session.setFaults(plan)
  }

  /** Advances the clock of the limits of this name's sessions; returns how many sessions there are. */
  advance(name: string | undefined, ms: number): number {
    const sessions = this.#named(name)
    for (const session of sessions) session.advance(ms)
    return sessions.length
  }

  /** Ends requests that a fault delays. */
  endWaiting(): void {
    for (const { session } of this.#sessions.list()) session.endWaiting()
  }

  /** Finishes requests in progress, `graceMs` at most, and with `keep` writes what was recorded. */
  async close(graceMs: number, keep: boolean): Promise<RunReport> {
    await this.#sessions.settle(graceMs)
    const saved: SaveReport[] = []
    const failures: Error[] = []
    for (const opened of keep ? this.#opened.values() : []) {
      const library = await opened.catch((error: unknown) => error as Error)
      // An invalid cassette name was refused when it was used, and nothing was recorded under it.
      if (library instanceof UsageError) continue
      const result =
        library instanceof Error ? library : await library.save().catch((error: unknown) => error as Error)
      if (result instanceof Error) failures.push(result)
      else if (result !== undefined) saved.push(result)
    }
    const { counts, findings } = this.#run.ledger
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
    return playedIn(this.#composition.dependencies.store, await this.#usable(), this.#run.ledger.played)
  }

  async #unused(): Promise<UnusedInteraction[]> {
    const libraries = (await this.#usable()).filter((library) => library.replays && !library.isDirectory)
    return libraries.flatMap((library) => unusedOf(library.heldAtOpening, this.#run.ledger.played))
  }

  async #usable(): Promise<Library[]> {
    const opened = await Promise.allSettled(this.#opened.values())
    return opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  }

  async #start(name: string | undefined, cassette: string | undefined): Promise<OpenSession> {
    const key = this.#keyOf(cassette ?? this.#options.cassette)
    const library = await this.#library(key)
    const repeat = this.#options.repeat ?? (name === undefined ? 'cycle' : 'error')
    const session = new OpenSession(this.#compositionFor(key), library, repeat, this.#run)
    const faults = this.#faultPlans.get(name)
    if (faults !== undefined) session.setFaults(faults.plan)
    return session
  }

  #named(name: string | undefined): OpenSession[] {
    return this.#sessions.list().flatMap((served) => (served.name === name ? [served.session] : []))
  }

  /** Undefined for the whole directory. */
  #keyOf(cassette: string | undefined): string | undefined {
    return cassette ?? (this.#composition.options.mode === 'replay' ? undefined : DEFAULT_CASSETTE)
  }

  #compositionFor(cassette: string | undefined): Composition {
    if (cassette === undefined) return this.#composition
    const upstream = this.#options.upstreamOf(cassette)
    return { ...this.#composition, options: { ...this.#composition.options, upstream } }
  }

  #library(cassette: string | undefined): Promise<Library> {
    const known = this.#opened.get(cassette)
    if (known !== undefined) return known
    const { recordCommand } = this.#options
    const opened =
      cassette === undefined
        ? openDirectory(this.#composition, recordCommand(DEFAULT_CASSETTE))
        : openLibrary(cassette, this.#compositionFor(cassette), recordCommand(cassette))
    this.#opened.set(cassette, opened)
    // This request gets the error. The next one tries again, as the cassette may be repaired by then.
    opened.catch(() => this.#opened.delete(cassette))
    return opened
  }
}

/** The cassette into which requests that name none are recorded. */
const DEFAULT_CASSETTE = 'default'
