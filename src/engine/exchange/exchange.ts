import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import type { HttpResponse, OutgoingRequest } from '../../http/message.ts'
import type { OpenSocket } from '../../http/web-socket.ts'
import type { Identity } from '../../match/identity.ts'
import type { Outcome } from '../../match/lookup.ts'
import type { Arrival } from '../arrival.ts'
import type { JournalEntry } from '../journal.ts'
import type { Entry } from '../library/catalog.ts'
import type { Scope } from '../scope.ts'

/** Who sends a request. */
export interface Caller {
  readonly arrival: Arrival
  readonly client: Client
  readonly scope?: Scope | undefined
}

/** Its signal aborts when the client is gone. It is made when first read: a plain hit never reads it. */
export interface Client {
  readonly signal: AbortSignal
}

/** The client behind a signal; without one, a client that stays. */
export function clientOf(signal: AbortSignal | undefined): Client {
  return signal === undefined ? STAYS : { signal }
}

const STAYS: Client = {
  get signal() {
    return new AbortController().signal
  },
}

/** One request on its way through a session, from the moment its body is read. The only thing that is handed on. */
export interface Exchange extends Caller {
  readonly via: 'http' | 'socket'
  readonly request: OutgoingRequest
  /** The request as it is matched and recorded: redacted. */
  readonly recorded: RecordedRequest
  readonly identity: Identity
  /** Adds this exchange's one entry to the journal, then amends it. */
  journal(entry: Partial<JournalEntry>): void
  /** Uses up an interaction that a verdict left unused, unless another request has taken it since. */
  use(): void
}

/** What a client gets: a response, or a WebSocket that opened. */
export type Answer = (HttpResponse & { readonly kind?: undefined }) | OpenSocket

/** A promise only where something waits. */
export type AnswerOrLater<T> = T | Promise<T>

/** What the look-up found for an exchange. */
export interface Found {
  readonly outcome: Outcome<Entry>
  /** Lets the next request with this fingerprint have it: this one was not served. */
  giveBack(): void
  /** Uses it up although it was given back, unless another request has. */
  use(): void
}

/** Something that may answer or alter exchanges: faults, a budget, limits. */
export interface Policy {
  /** An idle policy has nothing to do with any exchange, and is not called. */
  readonly isIdle: boolean
  /** Counts the exchange, as soon as its body is read; undefined where it is none of its business. */
  meet(x: Exchange): Part | undefined
  /** As if the scope had never sent a request. */
  undo(scope: Scope): void
  /** The session closes: whatever waits goes on. */
  end(): void
}

/** What one policy does to one exchange. The steps are called in this order; state between them lives in the part. */
export interface Part {
  /** 1. May wait, or answer in place of everything. Nothing is looked up yet. */
  before?(): AnswerOrLater<Answer | undefined>
  /**
   * 2. All parts decide in one tick with the look-up: they meter, check and reserve, and nothing is
   * awaited. What is found is given back where a verdict does not use it.
   * @param forwards whether the exchange goes to the upstream
   */
  decide?(found: Found, forwards: boolean): Verdict | undefined
  /** 3. The interaction is used up: at once, or later by `Exchange.use`. */
  used?(entry: Entry): void
  /**
   * 3. The upstream's answer is known as far as it is counted, maybe before it ended.
   * @param url the address that the request went to
   */
  answered?(response: RecordedResponse, url: string): void
  /** 4. The head of the answer is there: alters it, its body or its socket. */
  prepare?(answer: Answer): Answer
  /** 5. Exactly once, however the exchange ended. */
  finished?(): void
}

export type Verdict =
  | { readonly kind: 'refuse'; readonly answer: HttpResponse; readonly reason: string }
  | { readonly kind: 'use' | 'leave-unused'; readonly outcome?: 'faulted'; readonly reason: string }
