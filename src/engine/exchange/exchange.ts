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

/** Its signal aborts when the client leaves. The signal is created when first read, which a plain hit never does. */
export interface Client {
  readonly signal: AbortSignal
}

/** The client that a signal stands for. Without a signal, the client never leaves. */
export function clientOf(signal: AbortSignal | undefined): Client {
  return signal === undefined ? STAYS : { signal }
}

const STAYS: Client = {
  get signal() {
    return new AbortController().signal
  },
}

/** One request and its progress through a session, from the moment its body is read. Every step takes it. */
export interface Exchange extends Caller {
  readonly via: 'http' | 'socket'
  readonly request: OutgoingRequest
  /** The redacted request, as it is matched and recorded. */
  readonly recorded: RecordedRequest
  readonly identity: Identity
  /** The first call adds the exchange's one journal entry, later calls amend it. */
  journal(entry: Partial<JournalEntry>): void
  /** Uses up an interaction that a verdict left unused, unless another request has taken it meanwhile. */
  use(): void
}

/** What a client gets: a response, or an open WebSocket. */
export type Answer = (HttpResponse & { readonly kind?: undefined }) | OpenSocket

/** A promise only where something has to wait. */
export type AnswerOrLater<T> = T | Promise<T>

/** The result of the look-up for an exchange. */
export interface Found {
  readonly outcome: Outcome<Entry>
  /** Leaves the interaction to the next request with this fingerprint. */
  giveBack(): void
  /** Uses up an interaction that was given back, unless another request has taken it. */
  use(): void
}

/** A rule that may answer or alter exchanges: faults, a budget, limits. */
export interface Policy {
  /** An idle policy concerns no exchange, and is not called. */
  readonly isIdle: boolean
  /** Counts the exchange, as soon as its body is read; undefined where it is none of its business. */
  meet(x: Exchange): Part | undefined
  /** Restores the state as if the scope had never sent a request. */
  undo(scope: Scope): void
  /** Called when the session closes: everything that waits continues at once. */
  end(): void
}

/** The part that one policy plays in one exchange. Its steps are called in this order, and it holds the state between them. */
export interface Part {
  /** 1. Before the look-up. May wait, or answer instead of the cassette and the upstream. */
  before?(): AnswerOrLater<Answer | undefined>
  /**
   * 2. All parts decide in one tick with the look-up: they meter, check and reserve, and nothing is
   * awaited. What is found is given back where a verdict does not use it.
   * @param forwards whether the exchange goes to the upstream
   */
  decide?(found: Found, forwards: boolean): Verdict | undefined
  /** 3. The interaction is used up, at once or later by `Exchange.use`. */
  used?(entry: Entry): void
  /**
   * 3. The usage of the upstream's answer is known, possibly before the answer has ended.
   * @param url the address that the request went to
   */
  answered?(response: RecordedResponse, url: string): void
  /** 4. The head of the answer is known. May alter the answer, its body or its socket. */
  prepare?(answer: Answer): Answer
  /** 5. Called exactly once, however the exchange ended. */
  finished?(): void
}

export type Verdict =
  | { readonly kind: 'refuse'; readonly answer: HttpResponse; readonly reason: string }
  | { readonly kind: 'use' | 'leave-unused'; readonly outcome?: 'faulted'; readonly reason: string }
