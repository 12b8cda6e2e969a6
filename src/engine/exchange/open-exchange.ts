import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { type OutgoingRequest, splitTarget } from '../../http/message.ts'
import type { Identity } from '../../match/identity.ts'
import type { Arrival } from '../arrival.ts'
import type { JournalEntry, Settle } from '../journal.ts'
import type { Entry } from '../library/catalog.ts'
import type { Scope } from '../scope.ts'
import type {
  Answer,
  AnswerOrLater,
  Caller,
  Client,
  Exchange,
  Found,
  Part,
  Policy,
  Verdict,
} from './exchange.ts'

/** The counters of the session that an exchange updates. */
export interface Books {
  note(entry: JournalEntry, scope: Scope | undefined): Settle
  /** Counts a recorded interaction as played. */
  played(entry: Entry, scope: Scope | undefined): void
  /**
   * Counts an answer of the upstream.
   * @param base the URL to which the request's path was appended
   */
  spent(request: RecordedRequest, response: RecordedResponse, base: string): void
}

/** A request whose body was read, and its client. */
export interface Sent {
  readonly via: Exchange['via']
  readonly request: OutgoingRequest
  readonly recorded: RecordedRequest
  readonly identity: Identity
  readonly caller: Caller
}

const NO_PARTS: readonly Part[] = []

/** The engine's own view of an exchange: it also holds the policies' parts and the result of the look-up. */
export class OpenExchange implements Exchange {
  readonly via: Exchange['via']
  readonly request: OutgoingRequest
  readonly recorded: RecordedRequest
  readonly identity: Identity
  readonly arrival: Arrival
  readonly scope: Scope | undefined
  readonly client: Client
  readonly #books: Books
  #parts = NO_PARTS
  #found: Found | undefined
  #settle: Settle | undefined
  /** Why a forwarded answer is delayed or altered, for the journal. */
  note: string | undefined
  /** True where forwarding finishes the exchange. */
  isForwarded = false
  #isCounted = false
  #isFinished = false

  constructor({ via, request, recorded, identity, caller }: Sent, books: Books) {
    this.via = via
    this.request = request
    this.recorded = recorded
    this.identity = identity
    this.arrival = caller.arrival
    this.scope = caller.scope
    this.client = caller.client
    this.#books = books
  }

  get hasParts(): boolean {
    return this.#parts.length > 0
  }

  journal(entry: Partial<JournalEntry>): void {
    if (this.#settle !== undefined) return this.#settle(this.#withNote(entry))
    const { method, path } = this.recorded
    const first = { method, path: splitTarget(path).path, outcome: 'pending' as const, ...entry }
    this.#settle = this.#books.note(first, this.scope)
  }

  /** A conversation may continue after its fault, so the entry can have two reasons. */
  #withNote(entry: Partial<JournalEntry>): Partial<JournalEntry> {
    if (this.via === 'http' || this.note === undefined || entry.reason === undefined) return entry
    return { ...entry, reason: `${this.note}; ${entry.reason}` }
  }

  /** Lets every policy count the exchange. */
  meet(policies: readonly Policy[]): void {
    for (const policy of policies) {
      const part = policy.meet(this)
      if (part !== undefined) this.#parts = [...this.#parts, part]
    }
  }

  /** The answer of a part that replaces the look-up. */
  before(from = 0): AnswerOrLater<Answer | undefined> {
    for (let i = from; i < this.#parts.length; i++) {
      const early = this.#parts[i]?.before?.()
      if (early instanceof Promise) return early.then((answer) => answer ?? this.before(i + 1))
      if (early !== undefined) return early
    }
    return undefined
  }

  /** Takes the first refusal. Otherwise any part may leave the interaction unused. */
  decide(found: Found, forwards: boolean): Verdict | undefined {
    this.#found = found
    let verdict: Verdict | undefined
    for (const part of this.#parts) {
      const own = part.decide?.(found, forwards)
      if (own?.kind === 'refuse') return own
      if (verdict === undefined || own?.kind === 'leave-unused') verdict = own ?? verdict
    }
    return verdict
  }

  /** Counts a hit in the journal, and as played unless the verdict leaves the interaction unused. */
  book(entry: Entry, verdict: Exclude<Verdict, { kind: 'refuse' }> | undefined): void {
    const { method, path } = entry.interaction.request
    const { status } = entry.interaction.response
    const { outcome = 'hit', reason } = verdict ?? {}
    const noted = reason === undefined ? {} : { reason }
    this.journal({ method, path, outcome, status, cassette: entry.cassette, ...noted })
    if (verdict?.kind === 'leave-unused') this.#found?.giveBack()
    else this.#markUsed(entry)
  }

  use(): void {
    const outcome = this.#found?.outcome
    if (outcome?.kind !== 'hit') return
    this.#markUsed(outcome.entry)
    this.#found?.use()
  }

  #markUsed(entry: Entry): void {
    this.#books.played(entry, this.scope)
    for (const part of this.#parts) part.used?.(entry)
  }

  /** Whether the upstream's answer was counted already. */
  get isCounted(): boolean {
    return this.#isCounted
  }

  /** Counts the usage of the upstream's answer, once. */
  answered(response: RecordedResponse, base: string): void {
    if (this.#isCounted) return
    this.#books.spent(this.recorded, response, base)
    for (const part of this.#parts) part.answered?.(response, base + this.recorded.path)
    this.#isCounted = true
  }

  prepare(answer: Answer): Answer {
    return this.#parts.reduce((prepared, part) => part.prepare?.(prepared) ?? prepared, answer)
  }

  finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    for (const part of this.#parts) part.finished?.()
  }
}
