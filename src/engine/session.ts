import type { RecordedRequest } from '../core/cassette.ts'
import { type HttpRequest, type HttpResponse, splitTarget } from '../core/http.ts'
import { lookup, type Outcome } from '../core/lookup.ts'
import type { Identity } from '../core/matchers.ts'
import type { SessionUsage } from '../core/usage.ts'
import type { Arrival } from './arrival.ts'
import { Aligner } from './aligner.ts'
import { ask } from './ask.ts'
import type { Entry } from './catalog.ts'
import { explainExhausted, explainMiss, type Unanswered } from './explain.ts'
import { type Counts, Journal, type JournalEntry } from './journal.ts'
import { Ledger } from './ledger.ts'
import { play } from './play.ts'
import type { Setting } from './setting.ts'
import type { Trail } from './trail.ts'
import { UsageBook } from './usage-book.ts'

/**
 * One run over one cassette. Its state is a count of equal requests, the recordings
 * in progress and the journal.
 */
export class Session {
  readonly #setting: Setting
  readonly #counts = new Map<string, number>()
  readonly #played = new Set<Entry>()
  readonly #aligner: Aligner
  readonly #journal: Journal
  readonly #usage: UsageBook
  readonly #ledger: Ledger
  readonly #pending = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  /** @param ledger the books of the run that this session is part of */
  constructor(setting: Setting, ledger = new Ledger()) {
    this.#setting = setting
    this.#aligner = new Aligner(setting.catalog)
    this.#ledger = ledger
    this.#journal = new Journal(ledger)
    this.#usage = new UsageBook(setting)
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal.entries
  }

  /** How many requests came to what, the journal's forgotten ones included. */
  get counts(): Counts {
    return this.#journal.counts
  }

  /** What its requests used. Undone ones count: they would have cost as much. */
  usage(): SessionUsage {
    return this.#usage.usage()
  }

  /** Whether an exchange with the upstream is in progress. */
  get busy(): boolean {
    return this.#pending.size > 0
  }

  /** Interactions that the cassette held when it was opened, and that this session has not played. */
  unused(): readonly Entry[] {
    return [...this.#setting.found].filter((entry) => !this.#played.has(entry))
  }

  /** How many these are, counted without listing them: a cassette may hold thousands, a server as many sessions. */
  get unusedCount(): number {
    const { found } = this.#setting
    let played = 0
    for (const entry of this.#played) if (found.has(entry)) played++
    return found.size - played
  }

  /** @param trail of whoever asks, where several share the session */
  async handle(
    request: HttpRequest,
    arrival: Arrival,
    signal?: AbortSignal,
    trail?: Trail,
  ): Promise<HttpResponse> {
    const { plan, reader, dialect } = this.#setting
    const aside = this.#isLive ? undefined : dialect.aside(request)
    if (aside !== undefined) return this.#ignore(request, aside, trail)
    const { asked, identity } = reader.read(request)
    const outcome = this.#lookup(identity, trail)
    if (outcome.kind === 'hit') return this.#play(outcome.entry, request, signal, trail)
    if (plan.asks === 'never') return this.#refuse(outcome, asked, identity, trail)
    return ask(this.#setting, {
      request,
      asked,
      identity,
      arrival,
      signal,
      stopped: this.#stop.signal,
      journal: this.#journal,
      usage: this.#usage,
      trail,
      track: this.#track,
    })
  }

  /** Takes back what a trail tells: the same requests get the same answers again, its recordings are dropped. */
  undo(trail: Trail): void {
    const { recorder, catalog } = this.#setting
    for (const fingerprint of trail.counted)
      this.#counts.set(fingerprint, (this.#counts.get(fingerprint) ?? 1) - 1)
    this.#aligner.undo(trail.aligned)
    for (const interaction of recorder?.forget(trail.slots) ?? []) catalog.remove(interaction)
  }

  /** Waits until exchanges in progress are done, `graceMs` at most; then stops those that are left. */
  async settle(graceMs: number): Promise<void> {
    const timer = new AbortController()
    const late = this.#setting.clock.sleep(graceMs, timer.signal).then(() => 'late' as const)
    let ended: 'done' | 'late' = 'done'
    // What is done may have begun something else: an answer's head is followed by its body.
    while (this.#pending.size > 0 && ended !== 'late') {
      ended = await Promise.race([Promise.all(this.#pending).then(() => 'done' as const), late])
    }
    timer.abort()
    this.#stop.abort(new Error('the session was closed'))
    await Promise.all(this.#pending)
  }

  /** In the mode `live` everything goes to the API. */
  get #isLive(): boolean {
    const { plan } = this.#setting
    return plan.asks === 'always' && plan.writes === 'never'
  }

  #ignore({ method, target }: HttpRequest, answer: HttpResponse, trail: Trail | undefined): HttpResponse {
    const { path } = splitTarget(target)
    this.#journal.add({ method, path, outcome: 'ignored', status: answer.status }, trail?.journal)
    return answer
  }

  #lookup(asked: Identity, trail: Trail | undefined): Outcome<Entry> {
    const { plan, align } = this.#setting
    if (!plan.reads) return { kind: 'miss' }
    const found = this.#next(asked.fingerprint, trail)
    if (found.kind !== 'miss' || !align) return found
    const aligned = this.#aligner.align(asked, this.#played)
    if (aligned === undefined) return found
    trail?.aligned.push(...aligned.values)
    return this.#next(aligned.fingerprint, trail)
  }

  /** The next answer to requests with this fingerprint. */
  #next(fingerprint: string, trail: Trail | undefined): Outcome<Entry> {
    const { plan, catalog, repeat } = this.#setting
    const occurrence = this.#counts.get(fingerprint) ?? 0
    // A miss counts too: what is recorded for it is the answer to this request, and not to the next.
    this.#counts.set(fingerprint, occurrence + 1)
    trail?.counted.push(fingerprint)
    // Where the upstream can be asked, a request made once more than recorded is one that is missing.
    return lookup(catalog.index, fingerprint, occurrence, plan.asks === 'never' ? repeat : 'error')
  }

  async #play(
    entry: Entry,
    request: HttpRequest,
    signal: AbortSignal | undefined,
    trail: Trail | undefined,
  ): Promise<HttpResponse> {
    const { timing, dialect, clock, store } = this.#setting
    const { response } = entry.interaction
    this.#played.add(entry)
    this.#ledger.play(entry)
    this.#usage.play(entry)
    const { method, path } = entry.interaction.request
    const { status } = response
    this.#journal.add({ method, path, outcome: 'hit', status, cassette: entry.cassette }, trail?.journal)
    const answer = await play(response, { timing, clock, store, signal })
    const hints =
      timing === 'instant' ? dialect.waitHints(request.method, response.status, response.headers) : []
    return hints.length === 0 ? answer : { ...answer, headers: [...answer.headers, ...hints] }
  }

  async #refuse(
    outcome: Exclude<Outcome<Entry>, { kind: 'hit' }>,
    asked: RecordedRequest,
    identity: Identity,
    trail: Trail | undefined,
  ): Promise<HttpResponse> {
    const unanswered: Unanswered = { asked, identity, played: this.#played, ...this.#setting }
    const { path } = splitTarget(asked.path)
    // Put down at once: whoever looks next is to see it, and why takes a look into the directory.
    const settle = this.#journal.add(
      { method: asked.method, path, outcome: outcome.kind, status: 404 },
      trail?.journal,
    )
    const reason =
      outcome.kind === 'miss'
        ? await explainMiss(unanswered)
        : explainExhausted(unanswered, outcome.recorded, this.#timesAsked(outcome.recorded))
    settle({ reason })
    return this.#setting.dialect.error(404, `replay_${outcome.kind}`, reason)
  }

  /** How often the session was asked for what these answer. */
  #timesAsked([first]: readonly Entry[]): number {
    return first === undefined ? 0 : (this.#counts.get(first.identity.fingerprint) ?? 0)
  }

  #track = (work: Promise<void>): void => {
    this.#pending.add(work)
    void work.finally(() => this.#pending.delete(work))
  }
}
