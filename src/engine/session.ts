import type { Interaction } from '../core/cassette.ts'
import type { Dialect } from '../core/dialect.ts'
import type { HttpRequest, HttpResponse } from '../core/http.ts'
import { lookup, type Outcome, type Repeat } from '../core/lookup.ts'
import type { Identity } from '../core/matchers.ts'
import type { Redactor } from '../core/redaction/redactor.ts'
import type { Catalog, Entry } from './catalog.ts'
import { explainExhausted, explainMiss, type Unanswered } from './explain.ts'
import { Journal, type JournalEntry, type JournalOutcome } from './journal.ts'
import type { Plan } from './modes.ts'
import { play, type Timing } from './play.ts'
import type { Clock, Store, Upstream } from './ports.ts'
import type { Recorder } from './recorder.ts'
import type { RequestReader } from './request-reader.ts'
import { type Arrival, ask } from './ask.ts'

export interface SessionOptions {
  readonly plan: Plan
  readonly catalog: Catalog
  /** Absent when nothing is recorded. */
  readonly recorder: Recorder | undefined
  readonly redactor: Redactor
  readonly reader: RequestReader
  readonly dialect: Dialect
  readonly store: Store
  readonly upstream: Upstream
  readonly clock: Clock
  readonly repeat: Repeat
  readonly timing: Timing
  /** Where requests go when the adapter does not know, or when the user said so. */
  readonly base: { readonly url: string; readonly explicit: boolean }
  readonly keepTruncated: boolean
  /** Tells the user what cannot wait for the end of the run. */
  readonly warn: (message: string) => void
  /** How messages name what was looked in, and the command that would record. */
  readonly where: string
  readonly remedy: string
}

/**
 * One run over one cassette. Its state is a count of equal requests, the recordings
 * in progress and the journal.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #counts = new Map<string, number>()
  readonly #played = new Set<Entry>()
  readonly #journal = new Journal()
  readonly #pending = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal.entries
  }

  /** How many requests came to this, the journal's forgotten ones included. */
  count(outcome: JournalOutcome): number {
    return this.#journal.count(outcome)
  }

  /** Recorded interactions that this session has not played. */
  unused(): readonly Entry[] {
    return this.#options.plan.reads
      ? this.#options.catalog.entries.filter((entry) => !this.#played.has(entry))
      : []
  }

  async handle(request: HttpRequest, arrival: Arrival, signal?: AbortSignal): Promise<HttpResponse> {
    const { plan, reader } = this.#options
    const { asked, identity } = reader.read(request)
    const outcome = this.#lookup(identity)
    if (outcome.kind === 'hit') return this.#play(outcome.entry, request, signal)
    if (plan.asks === 'never') return this.#refuse(outcome, identity)
    return ask({
      ...this.#options,
      request,
      asked,
      identity,
      arrival,
      signal,
      stopped: this.#stop.signal,
      journal: this.#journal,
      track: this.#track,
    })
  }

  /** Waits until exchanges in progress are done, `graceMs` at most; then stops those that are left. */
  async settle(graceMs: number): Promise<void> {
    const timer = new AbortController()
    let isLate = false
    const late = this.#options.clock.sleep(graceMs, timer.signal).then(() => {
      isLate = true
    })
    // What is done may have begun something else: an answer's head is followed by its body.
    while (this.#pending.size > 0 && !isLate) await Promise.race([Promise.all(this.#pending), late])
    timer.abort()
    this.#stop.abort(new Error('the session was closed'))
    await Promise.all(this.#pending)
  }

  #lookup({ fingerprint }: Identity): Outcome<Entry> {
    const { plan, catalog, repeat } = this.#options
    const occurrence = this.#counts.get(fingerprint) ?? 0
    this.#counts.set(fingerprint, occurrence + 1)
    if (!plan.reads) return { kind: 'miss' }
    // Where the upstream can be asked, a request made once more than recorded is one that is missing.
    return lookup(catalog.index, fingerprint, occurrence, plan.asks === 'never' ? repeat : 'error')
  }

  async #play(entry: Entry, request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const { timing, dialect, clock, store } = this.#options
    const { response } = entry.interaction
    this.#played.add(entry)
    this.#journal.add({
      ...addressOf(entry.interaction),
      outcome: 'hit',
      status: response.status,
      cassette: entry.cassette,
    })
    const answer = await play(response, { timing, clock, store, signal })
    const hints =
      timing === 'instant' ? dialect.waitHints(request.method, response.status, response.headers) : []
    return hints.length === 0 ? answer : { ...answer, headers: [...answer.headers, ...hints] }
  }

  #refuse(outcome: Exclude<Outcome<Entry>, { kind: 'hit' }>, asked: Identity): HttpResponse {
    const unanswered: Unanswered = { asked, ...this.#options }
    const reason =
      outcome.kind === 'miss' ? explainMiss(unanswered) : explainExhausted(unanswered, outcome.recorded)
    this.#journal.add({
      method: asked.parts.method,
      path: asked.parts.path,
      outcome: outcome.kind,
      status: 404,
      reason,
    })
    return this.#options.dialect.error(404, `replay_${outcome.kind}`, reason)
  }

  #track = (work: Promise<void>): void => {
    this.#pending.add(work)
    void work.finally(() => this.#pending.delete(work))
  }
}

function addressOf({ request }: Interaction): { method: string; path: string } {
  return { method: request.method, path: request.path }
}
