import type { SessionUsage } from '../api/usage.ts'
import { type Fetch, fetchFrom, handleBy } from '../adapters/fetch/web-fetch.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import type { Interaction } from '../cassette/cassette.ts'
import { ANSWERER, type Answerer, type OpenCassette } from '../engine/exchange/answerer.ts'
import type { JournalEntry } from '../engine/journal.ts'
import { playedIn, unusedOf } from '../engine/library/coverage.ts'
import type { Library } from '../engine/library/library.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Mode } from '../engine/modes.ts'
import { Scope } from '../engine/scope.ts'
import type { Session } from '../engine/session/session.ts'
import { type InputPlace, optionsFrom } from '../json/input/place.ts'
import { UnusedError, type UnusedInteraction, UsageError } from '../messages/errors.ts'
import { type FaultOptions, faultPlan } from '../policies/faults/plan.ts'
import { faultOptions } from '../policies/faults/shapes.ts'
import type { Composition } from './composition.ts'
import { CLOSE_OPTIONS, USAGE_OPTIONS } from './options/options.ts'
import { redactWith } from './options/secrets.ts'
import { OpenSession, RunTotals } from './open-session.ts'

/** How long closing waits for answers that are still being recorded, in ms. */
const CLOSING_GRACE = 10_000

/** The part of a cassette's session that belongs to one test. */
export interface ScopedCassette extends OpenCassette {
  /** Its own requests. */
  readonly journal: readonly JournalEntry[]
  /** A fetch whose requests belong to this test. */
  readonly fetch: Fetch
  /** Answers a request like the session, on behalf of this test. */
  handle(request: Request): Promise<Response>
  /** Advances the clock of the session's limits, in milliseconds. */
  advance(ms: number): void
  /** Undoes the test's effects, including its recordings, before the test runs again. */
  undo(): void
}

/** What test runners need of an open cassette. */
export interface RunnerAccess {
  scope(): ScopedCassette
  /** Interactions that were not played, each by its place in the file. */
  unused(): readonly UnusedInteraction[]
  /** How often each recorded interaction was played. Call it once the session is closed. */
  played(): Promise<readonly PlayedCassette[]>
  /**
   * Ends what is in progress. Call it before closing.
   * @returns whether a replay would miss something, because it was to be recorded and could not be
   */
  hasUnrecorded(): Promise<boolean>
}

/** Where an open cassette has what only test runners need. */
export const RUNNER_ACCESS: unique symbol = Symbol('openai-vcr.runner-access')

/** One cassette, opened for one session. Close it to write what was recorded. */
export class Vcr implements AsyncDisposable, OpenCassette {
  readonly name: string
  readonly #composition: Composition
  readonly #library: Library
  readonly #run = new RunTotals()
  readonly #session: OpenSession
  readonly #onClose: () => Promise<void> | void
  /** @internal */
  readonly [ANSWERER]: Answerer
  /** @internal */
  readonly [RUNNER_ACCESS]: RunnerAccess
  /**
   * A fetch that answers from the cassette, or records into it: redirects, aborts and errors
   * are those of the fetch standard. Nothing is patched.
   * @example new OpenAI({ fetch: vcr.fetch })
   */
  readonly fetch: Fetch
  #closing: Promise<SaveReport | undefined> | undefined

  constructor(name: string, composition: Composition, library: Library, onClose: () => Promise<void> | void) {
    this.name = name
    this.#composition = composition
    this.#library = library
    this.#session = new OpenSession(composition, library, composition.options.repeat, this.#run)
    this.#onClose = onClose
    this[ANSWERER] = this.#answerer()
    this[RUNNER_ACCESS] = {
      scope: () => this.#scope(),
      unused: () => this.#unused(),
      played: () => playedIn(composition.dependencies.store, [library], this.#run.ledger.played),
      hasUnrecorded: () => this.#hasUnrecorded(),
    }
    this.fetch = fetchFrom(this[ANSWERER])
  }

  get mode(): Mode {
    return this.#library.mode
  }

  /** The upstream that the user chose. Undefined where each request goes to its own host. */
  get upstream(): string | undefined {
    return this.#composition.options.upstream
  }

  /** The requests of this session and their outcomes, in order. At least the latest 10,000 requests are kept. */
  get journal(): readonly JournalEntry[] {
    return this.#session.journal
  }

  /** The recorded interactions that were not played in this session. */
  unused(): readonly Interaction[] {
    return this.#session.unused().map(({ interaction }) => interaction)
  }

  /**
   * The tokens and cost in US dollars of this session's requests. What was replayed is separate from what was
   * really spent. Exchanges in progress are not included.
   * @param options.estimates whether to estimate usage that answers do not report. The first estimate takes half a second. Default: true
   * @example
   * const { replayed } = vcr.usage()
   * console.log(replayed.tokens.input, replayed.usd)
   */
  usage(options: { readonly estimates?: boolean } = {}): SessionUsage {
    return this.#session.usage(USAGE_OPTIONS.read(options, this.#options()))
  }

  /**
   * Replaces the session's faults and limits. The new ones count requests from now on.
   * @example vcr.setFaults({ faults: [{ first: 2, error: 'server_error' }] })
   * @throws UsageError that names the fault and the field that are wrong
   */
  setFaults(options: FaultOptions): void {
    const { names } = this.#composition.dependencies.dialect.errors
    this.#session.setFaults(faultPlan(faultOptions(names).read(options, this.#options())))
  }

  /**
   * Advances the clock of the session's `limits`.
   * @param ms milliseconds
   * @example vcr.advance(20_000)
   */
  advance(ms: number): void {
    this.#session.advance(ms)
  }

  /** Answers one request; follows no redirect. An aborted signal rejects with its reason, as fetch does. */
  handle(request: Request): Promise<Response> {
    return handleBy(this[ANSWERER], request)
  }

  /**
   * Ends the session and writes what was recorded.
   * @param options.keep false throws the recording away, and asks for no completeness either
   * @returns what was written; undefined in a mode that records nothing
   * @throws CassetteError when it could not be written; the message says where it stands instead
   * @throws UnusedError when `strictUnused` is set and the replay left something unplayed
   */
  async close(options: { keep?: boolean } = {}): Promise<SaveReport | undefined> {
    const { keep = true } = CLOSE_OPTIONS.read(options, this.#options())
    this.#closing ??= this.#close(keep)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(keep: boolean): Promise<SaveReport | undefined> {
    let saved: SaveReport | undefined
    this.#session.endWaiting()
    try {
      await this.#session.settle(keep ? CLOSING_GRACE : 0)
      saved = keep ? await this.#library.save() : undefined
    } finally {
      await this.#onClose()
    }
    if (keep && this.#composition.options.strictUnused && this.#library.replays) {
      const unused = this.#unused()
      if (unused.length > 0) throw new UnusedError(unused)
    }
    return saved
  }

  /** The place of the options of a call. */
  #options(): InputPlace {
    return optionsFrom('', redactWith(this.#composition.dependencies.env))
  }

  #unused(): readonly UnusedInteraction[] {
    return unusedOf(this.#library.heldAtOpening, this.#run.ledger.played)
  }

  async #hasUnrecorded(): Promise<boolean> {
    await this.#session.settle(CLOSING_GRACE)
    return this.#library.hasUnrecorded
  }

  #answerer(scope?: Scope): Answerer {
    const { upstream } = this
    const { arrivals, dialect } = this.#composition.dependencies
    const upstreams = [...(upstream === undefined ? [] : [upstream]), ...this.#library.upstreams]
    // A cassette may name in words where it was recorded.
    const recorded = upstreams.filter((url) => URL.canParse(url)).map((url) => new URL(url).host)
    return {
      mode: this.mode,
      upstream,
      hosts: [...dialect.hosts, ...recorded],
      redact: (text) => this.#library.redactor.text(text),
      arrive: () => arrivals.next(),
      handle: (request, caller) => this.#stillOpen().handle(request, { ...caller, scope }),
      connect: async (request, caller) => this.#stillOpen().connect(request, { ...caller, scope }),
    }
  }

  #scope(): ScopedCassette {
    const scope = new Scope()
    const answerer = this.#answerer(scope)
    return {
      journal: scope.journal,
      fetch: fetchFrom(answerer),
      [ANSWERER]: answerer,
      handle: (request) => handleBy(answerer, request),
      advance: (ms) => this.#session.advance(ms, scope),
      undo: () => this.#session.undo(scope),
    }
  }

  #stillOpen(): Session {
    if (this.#closing === undefined) return this.#session
    throw new UsageError(`cassette '${this.name}' is closed; make requests before close(), or open it again`)
  }
}
