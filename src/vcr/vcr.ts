import type { Interaction } from '../cassette/cassette.ts'
import { UnusedError, type UnusedInteraction, UsageError } from '../messages/errors.ts'
import type { FaultOptions } from '../policies/faults/plan.ts'
import type { Headers, HttpRequest, HttpResponse, IncomingRequest } from '../http/message.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import type { SessionUsage } from '../api/usage.ts'
import { type Arrival, arrive } from '../engine/arrival.ts'
import type { Clock } from '../engine/ports.ts'
import type { JournalEntry } from '../engine/journal.ts'
import { Ledger } from '../engine/session/run-ledger.ts'
import type { Mode } from '../engine/modes.ts'
import type { ResolvedOptions } from './options/options.ts'
import { playedIn } from '../engine/library/played.ts'
import type { SaveReport } from '../engine/library/recorder.ts'
import type { Session } from '../engine/session/session.ts'
import type { Opening } from '../http/web-socket.ts'
import type { Source } from './library.ts'
import { Trail } from '../engine/scope.ts'
import { unusedOf } from '../engine/library/coverage.ts'
import { handshakeAt } from '../adapters/fetch/web.ts'
import { type FetchAnswerer, type Fetch, fetchFrom, handleBy } from '../adapters/fetch/web-fetch.ts'

/** How long closing waits for answers that are still on their way and are to be kept, in ms. */
const CLOSING_GRACE = 10_000

/** What one of several that share a session does in it: a test of a suite. */
export interface Part {
  /** Its own requests. */
  readonly journal: readonly JournalEntry[]
  /** A fetch of its own. */
  readonly fetch: Fetch
  /** Answers one request, as the session does. */
  handle(request: Request): Promise<Response>
  /** For adapters: answers a WebSocket's handshake. */
  connect(url: URL, headers: Headers, signal?: AbortSignal): Promise<Opening>
  /** Lets time pass for the session's limits, in milliseconds. */
  advance(ms: number): void
  /** Takes all of it back, before it is run again: its recordings too. */
  undo(): void
}

/** One cassette, opened for one session. Close it to write what was recorded. */
export class Vcr implements AsyncDisposable {
  readonly name: string
  readonly #source: Source
  readonly #ledger = new Ledger()
  readonly #session: Session
  readonly #options: ResolvedOptions
  readonly #clock: Clock
  readonly #onClose: () => Promise<void> | void
  /**
   * A fetch that answers from the cassette, or records into it: redirects, aborts and errors
   * are those of the fetch standard. Nothing is patched.
   * @example new OpenAI({ fetch: vcr.fetch })
   */
  readonly fetch: Fetch
  #closing: Promise<SaveReport | undefined> | undefined

  constructor(
    name: string,
    source: Source,
    options: ResolvedOptions,
    clock: Clock,
    onClose: () => Promise<void> | void,
  ) {
    this.#clock = clock
    this.name = name
    this.#source = source
    this.#options = options
    this.#session = source.session(options.repeat, this.#ledger)
    this.#onClose = onClose
    this.fetch = fetchFrom(this.#answerer())
  }

  get mode(): Mode {
    return this.#source.mode
  }

  /** The upstream that was chosen; undefined when each request goes to its own host. */
  get upstream(): string | undefined {
    return this.#options.upstream
  }

  /** For adapters: the APIs whose requests are this cassette's, the chosen one and those that it was recorded from. */
  get upstreams(): readonly string[] {
    return [...(this.upstream === undefined ? [] : [this.upstream]), ...this.#source.upstreams]
  }

  /** What was asked in this session and what came of it, in order: the latest 10,000 requests at least, not those long before. */
  get journal(): readonly JournalEntry[] {
    return this.#session.journal
  }

  /** The recorded interactions that were not played in this session. */
  unused(): readonly Interaction[] {
    return this.#session.unused().map(({ interaction }) => interaction)
  }

  /** For test runners: the same, each by its place in the file. */
  unplayed(): readonly UnusedInteraction[] {
    return unusedOf(this.#source.found, this.#ledger.played)
  }

  /** For test runners: how often each recorded interaction was played, once the session is closed. */
  async played(): Promise<readonly PlayedCassette[]> {
    return playedIn(this.#source.store, [this.#source], this.#ledger.played)
  }

  /**
   * What this session's requests used, and what that costs: what was replayed apart from what was
   * really spent. Tokens, US dollars. Exchanges in progress are not in it.
   * @param options.estimates whether what nobody told is estimated, which takes half a second the first time; default true
   * @example
   * const { replayed } = vcr.usage()
   * console.log(replayed.tokens.input, replayed.usd)
   */
  usage(options?: { readonly estimates?: boolean }): SessionUsage {
    return this.#session.usage(options)
  }

  /**
   * Has other faults and limits from now on, counted from the start, in place of those of its options.
   * @example vcr.rehearse({ faults: [{ first: 2, error: 'server_error' }] })
   * @throws UsageError that names the fault and the field that are wrong
   */
  rehearse(options: FaultOptions): void {
    this.#session.rehearsal.read(options)
  }

  /**
   * Lets time pass for the session's `limits`.
   * @param ms milliseconds
   * @example vcr.advance(20_000)
   */
  advance(ms: number): void {
    this.#session.rehearsal.advance(ms)
  }

  /** Answers one request; follows no redirect. An aborted signal rejects with its reason, as fetch does. */
  handle(request: Request): Promise<Response> {
    return handleBy(this.#answerer(), request)
  }

  /** For test runners: a part of the session, for one of those that share it. */
  part(): Part {
    const trail = new Trail()
    const answerer = this.#answerer(trail)
    return {
      journal: trail.journal,
      fetch: fetchFrom(answerer),
      handle: (request) => handleBy(answerer, request),
      connect: (url, headers, signal) => this.#connect(url, headers, signal, trail),
      advance: (ms) => this.#session.rehearsal.advance(ms, trail),
      undo: () => this.#session.undo(trail),
    }
  }

  /**
   * For test runners, before they close it: ends what is on its way.
   * @returns whether a replay would miss something, as it was to be recorded and could not be
   */
  async lacks(): Promise<boolean> {
    await this.#session.settle(CLOSING_GRACE)
    return this.#source.lacks
  }

  /** For adapters: answers a WebSocket's handshake. */
  connect(url: URL, headers: Headers, signal?: AbortSignal): Promise<Opening> {
    return this.#connect(url, headers, signal)
  }

  async #connect(url: URL, headers: Headers, signal?: AbortSignal, trail?: Trail): Promise<Opening> {
    const { origin, ...rest } = handshakeAt(url, this.upstream)
    const request = { method: 'GET', ...rest, origin, headers, body: new Uint8Array(0) }
    return this.#open().connect(request, this.arrive(), signal, trail)
  }

  #answerer(trail?: Trail): FetchAnswerer {
    return {
      upstream: this.upstream,
      arrive: () => this.arrive(),
      exchange: (request, arrival, signal) => this.#open().handle(request, arrival, signal, trail),
    }
  }

  /** For adapters: a request's place in the recording, taken before its body is read. */
  arrive(): Arrival {
    return arrive(this.#clock)
  }

  /** For adapters: answers one request in the engine's own terms. */
  async exchange(request: IncomingRequest, arrival: Arrival, signal?: AbortSignal): Promise<HttpResponse> {
    return this.#open().handle(request, arrival, signal)
  }

  /** For adapters: answers a WebSocket's handshake in the engine's own terms. */
  async handshake(request: HttpRequest, arrival: Arrival, signal?: AbortSignal): Promise<Opening> {
    return this.#open().connect(request, arrival, signal)
  }

  /**
   * Ends the session and writes what was recorded.
   * @param options.keep false throws the recording away, and asks for no completeness either
   * @returns what was written; undefined in a mode that records nothing
   * @throws CassetteError when it could not be written; the message says where it stands instead
   * @throws UnusedError when `strictUnused` is set and the replay left something unplayed
   */
  close({ keep = true }: { keep?: boolean } = {}): Promise<SaveReport | undefined> {
    this.#closing ??= this.#close(keep)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(keep: boolean): Promise<SaveReport | undefined> {
    let saved: SaveReport | undefined
    this.#session.rehearsal.end()
    try {
      await this.#session.settle(keep ? CLOSING_GRACE : 0)
      saved = keep ? await this.#source.save() : undefined
    } finally {
      await this.#onClose()
    }
    if (keep && this.#options.strictUnused && this.#source.replays) {
      const unused = unusedOf(this.#source.found, this.#ledger.played)
      if (unused.length > 0) throw new UnusedError(unused)
    }
    return saved
  }

  #open(): Session {
    if (this.#closing === undefined) return this.#session
    throw new UsageError(`cassette '${this.name}' is closed; make requests before close(), or open it again`)
  }
}
