import type { RecordedRequest } from '../../cassette/cassette.ts'
import {
  type Headers,
  type HttpRequest,
  type HttpResponse,
  type IncomingRequest,
  type OutgoingRequest,
  splitTarget,
} from '../../http/message.ts'
import type { Identity } from '../../match/identity.ts'
import type { SessionUsage } from '../../api/usage.ts'
import type { Arrival } from '../arrival.ts'
import { ask, type NoteOf, type Question } from '../record/forward.ts'
import { SessionBudget } from '../../policies/budget/budget.ts'
import type { Entry } from '../library/catalog.ts'
import { Finder, type Found } from '../replay/finder.ts'
import { type Counts, Journal, type JournalEntry } from '../journal.ts'
import { Ledger } from './run-ledger.ts'
import { Player, whyOf } from '../replay/player.ts'
import { isSmall, putAside } from '../request/spool.ts'
import { type Due, Rehearsal } from '../../policies/faults/fault-injector.ts'
import { refuse, type Unfound } from '../explain/answer-miss.ts'
import { rehearse, type Rehearsed } from '../../policies/faults/rehearse.ts'
import type { ReadRequest } from '../request/request-reader.ts'
import type { Setting } from '../setting.ts'
import type { Opening } from '../../http/web-socket.ts'
import { connectSocket } from '../sockets/socket-connect.ts'
import { hinderedByHead, spoils } from '../../policies/faults/applicability.ts'
import type { Trail } from '../scope.ts'
import { UsageBook, type UsageOptions } from '../usage/usage-book.ts'

/**
 * One run over one cassette. Its state is what was found for equal requests, what goes
 * wrong, the recordings in progress and the journal.
 */
export class Session {
  readonly #setting: Setting
  readonly #player: Player
  readonly #finder: Finder
  /** What goes wrong in it. */
  readonly rehearsal: Rehearsal
  readonly #journal: Journal
  readonly #usage: UsageBook
  readonly #budget: SessionBudget
  readonly #pending = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  /** @param ledger the books of the run that this session is part of */
  constructor(setting: Setting, ledger = new Ledger()) {
    this.#setting = setting
    this.#journal = new Journal(ledger)
    this.#usage = new UsageBook(setting)
    this.rehearsal = new Rehearsal(setting)
    this.#budget = new SessionBudget(setting, ledger.spending, this.rehearsal)
    const [journal, usage, budget] = [this.#journal, this.#usage, this.#budget]
    this.#player = new Player(setting, { journal, ledger, usage, budget }, this.rehearsal)
    this.#finder = new Finder(setting, this.#player.played)
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal.entries
  }

  /** How many requests came to what, the journal's forgotten ones included. */
  get counts(): Counts {
    return this.#journal.counts
  }

  /** What its requests used. Undone ones count: they would have cost as much. */
  usage(options?: UsageOptions): SessionUsage {
    return this.#usage.usage(options)
  }

  /** Whether an exchange with the upstream is in progress. */
  get busy(): boolean {
    return this.#pending.size > 0
  }

  /** Interactions that the cassette held when it was opened, and that this session has not played. */
  unused(): readonly Entry[] {
    return [...this.#setting.found].filter((entry) => !this.#player.played.has(entry))
  }

  /** How many these are, counted without listing them: a cassette may hold thousands, a server as many sessions. */
  get unusedCount(): number {
    const { found } = this.#setting
    let played = 0
    for (const entry of this.#player.played) if (found.has(entry)) played++
    return found.size - played
  }

  /** @param trail of whoever asks, where several share the session */
  async handle(
    incoming: IncomingRequest,
    arrival: Arrival,
    signal?: AbortSignal,
    trail?: Trail,
  ): Promise<HttpResponse> {
    const { body } = incoming
    const { reader, held, scratch } = this.#setting
    const aside = this.#isLive ? undefined : this.#setting.dialect.localAnswer(incoming)
    if (aside !== undefined) return this.#ignore(incoming, aside, trail)
    if (isSmall(body)) {
      const request = { ...incoming, body }
      return this.#handle(request, reader.read(request), arrival, signal, trail)
    }
    const file = await putAside(body, scratch)
    try {
      const request = { ...incoming, body: file }
      return await this.#handle(request, await reader.readLarge(request, held), arrival, signal, trail)
    } finally {
      file.drop()
    }
  }

  async #handle(
    request: OutgoingRequest,
    { asked, identity }: ReadRequest,
    arrival: Arrival,
    signal: AbortSignal | undefined,
    trail: Trail | undefined,
  ): Promise<HttpResponse> {
    const { plan } = this.#setting
    const question = this.#question(request, asked, identity, arrival, signal, trail)
    const rehearsed = {
      asked,
      budget: this.#budget,
      signal,
      asks: plan.asks !== 'never',
      trail,
      find: () => this.#finder.find(identity, trail),
      note: this.#noting(asked, trail),
    }
    return rehearse(this.rehearsal, rehearsed, (found, due) => this.#answer(found, due, question))
  }

  /** Answers a WebSocket's handshake. */
  async connect(
    request: HttpRequest,
    arrival: Arrival,
    signal?: AbortSignal,
    trail?: Trail,
  ): Promise<Opening> {
    const { reader, dialect } = this.#setting
    const handshake = { ...request, headers: dialect.sockets.handshakeHeaders(request.headers) }
    const { asked, identity } = reader.readHandshake(handshake)
    const question = this.#question(handshake, asked, identity, arrival, signal, trail)
    const answering = {
      setting: this.#setting,
      rehearsal: this.rehearsal,
      budget: this.#budget,
      finder: this.#finder,
      player: this.#player,
      note: this.#noting(asked, trail),
      refuse: (outcome: Unfound) => this.#refuse(outcome, question),
    }
    return connectSocket(answering, question)
  }

  /** Takes back what a trail tells: the same requests get the same answers again, its recordings are dropped. */
  undo(trail: Trail): void {
    const { recorder, catalog } = this.#setting
    this.#finder.undo(trail)
    this.rehearsal.undo(trail)
    this.#budget.undo(trail)
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
    this.rehearsal.end()
    this.#stop.abort(new Error('the session was closed'))
    await Promise.all(this.#pending)
  }

  /** In the mode `live` everything goes to the API. */
  get #isLive(): boolean {
    const { plan } = this.#setting
    return plan.asks === 'always' && plan.writes === 'never'
  }

  #ignore({ method, target }: IncomingRequest, answer: HttpResponse, trail: Trail | undefined): HttpResponse {
    const { path } = splitTarget(target)
    this.#journal.add({ method, path, outcome: 'ignored', status: answer.status }, trail?.journal)
    return answer
  }

  async #answer(found: Found, due: Due | undefined, question: Question): Promise<HttpResponse> {
    const { outcome } = found
    const { plan } = this.#setting
    if (outcome.kind === 'hit' && due === undefined) return this.#player.play(outcome.entry, question)
    if (outcome.kind === 'hit') return this.#player.playRehearsed(outcome.entry, due as Due, found, question)
    if (plan.asks === 'never') return this.#refuse(outcome, question)
    const asking = (each: Question, noteOf?: NoteOf): Promise<HttpResponse> =>
      this.#budget.asking(each, (budgeted) => ask(this.#setting, budgeted, noteOf))
    if (due === undefined) return asking(question)
    const fault = spoils(due.fault.does)
    const hindered = (headers: Headers): string | undefined => fault && hinderedByHead(fault, headers)
    const answer = await asking({ ...question, note: due.reason }, (to) => whyOf(due, hindered(to)))
    if (fault === undefined || hindered(answer.headers) !== undefined) return answer
    return this.rehearsal.spoil(answer, due, fault, { readsOn: plan.writes !== 'never', ended: () => {} })
  }

  #question(
    request: OutgoingRequest,
    asked: RecordedRequest,
    identity: Identity,
    arrival: Arrival,
    signal: AbortSignal | undefined,
    trail: Trail | undefined,
  ): Question {
    const [stopped, journal, usage, track] = [this.#stop.signal, this.#journal, this.#usage, this.#track]
    return { request, asked, identity, arrival, signal, stopped, journal, usage, trail, track }
  }

  /** Writes down what happened to a request by a fault alone. */
  #noting({ method, path }: RecordedRequest, trail: Trail | undefined): Rehearsed['note'] {
    const asked = { method, path: splitTarget(path).path, outcome: 'faulted' as const }
    return (entry) => this.#journal.add({ ...asked, ...entry }, trail?.journal)
  }

  #refuse(outcome: Unfound, question: Question): Promise<HttpResponse> {
    const refusing = {
      setting: this.#setting,
      finder: this.#finder,
      journal: this.#journal,
      played: this.#player.played,
    }
    return refuse(refusing, outcome, question)
  }

  #track = (work: Promise<void>): void => {
    this.#pending.add(work)
    void work.finally(() => this.#pending.delete(work))
  }
}
