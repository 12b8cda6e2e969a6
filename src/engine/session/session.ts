import type { SessionUsage } from '../../api/usage.ts'
import { LARGE } from '../../http/large.ts'
import {
  type HttpRequest,
  type HttpResponse,
  type IncomingRequest,
  type OutgoingRequest,
  splitTarget,
} from '../../http/message.ts'
import type { Opening } from '../../http/web-socket.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { Answer, AnswerOrLater, Caller, Exchange, Policy } from '../exchange/exchange.ts'
import { answer, type NoMatch, type Steps } from '../exchange/flow.ts'
import { OpenExchange } from '../exchange/open-exchange.ts'
import { answerMiss } from '../explain/answer-miss.ts'
import { InFlight } from '../in-flight.ts'
import type { Counts, JournalEntry } from '../journal.ts'
import type { Entry } from '../library/catalog.ts'
import { forward } from '../record/forward.ts'
import { Finder } from '../replay/finder.ts'
import { replay } from '../replay/player.ts'
import type { ReadRequest } from '../request/request-reader.ts'
import { spool } from '../request/spool.ts'
import type { Scope } from '../scope.ts'
import { forwardSocket } from '../sockets/forward-socket.ts'
import { isConversation, playSocket } from '../sockets/play-socket.ts'
import type { UsageOptions } from '../usage/usage-book.ts'
import { RunLedger } from './run-ledger.ts'
import { SessionBooks } from './session-books.ts'

/** One run against a library: its counts of equal requests, its recordings in progress, its journal. */
export class Session {
  readonly #context: SessionContext
  readonly #policies: readonly Policy[]
  #active: readonly Policy[]
  readonly #books: SessionBooks
  readonly #finder: Finder
  readonly #inFlight = new InFlight()
  readonly #steps: Steps

  /**
   * @param policies faults, budget, limits, in this order
   * @param run the counters over all sessions of the run
   */
  constructor(context: SessionContext, policies: readonly Policy[], run = new RunLedger()) {
    this.#context = context
    this.#policies = policies
    this.#active = active(policies)
    this.#books = new SessionBooks(context, run)
    this.#finder = new Finder(context, () => this.#books.givenOut)
    this.#steps = this.#stepsOf()
  }

  get journal(): readonly JournalEntry[] {
    return this.#books.journal.entries
  }

  /** Requests by outcome, including those that the journal has dropped. */
  get counts(): Counts {
    return this.#books.journal.counts
  }

  usage(options?: UsageOptions): SessionUsage {
    return this.#books.usage(options)
  }

  /** Whether an exchange with the upstream is in progress. */
  get busy(): boolean {
    return this.#inFlight.isBusy
  }

  /** Interactions that the cassettes held when they were opened, and that this session has not played. */
  unused(): readonly Entry[] {
    const played = this.#books.playCounts
    return [...this.#context.library.heldAtOpening].filter((entry) => !played.has(entry))
  }

  /** The number of unplayed interactions, without building the list. */
  get unusedCount(): number {
    const { heldAtOpening } = this.#context.library
    let played = 0
    for (const entry of this.#books.playCounts.keys()) if (heldAtOpening.has(entry)) played++
    return heldAtOpening.size - played
  }

  /**
   * Answers a request. Synchronous where nothing waits.
   * @throws ConnectionError when the client is to get no answer
   */
  handle(incoming: IncomingRequest, caller: Caller): AnswerOrLater<HttpResponse> {
    const local = this.#isLive ? undefined : this.#context.dependencies.dialect.localAnswer(incoming)
    if (local !== undefined) return this.#answerLocally(incoming, local, caller)
    if (!isSmall(incoming)) return this.#handleLarge(incoming, caller)
    const read = this.#context.library.reader.read(incoming)
    return this.#answer('http', incoming, read, caller) as AnswerOrLater<HttpResponse>
  }

  async #handleLarge(incoming: IncomingRequest, caller: Caller): Promise<HttpResponse> {
    const { dependencies, library } = this.#context
    const file = await spool(incoming.body, dependencies.scratch)
    try {
      const request = { ...incoming, body: file }
      const read = await library.reader.readLarge(request, library.spooled)
      return (await this.#answer('http', request, read, caller)) as HttpResponse
    } finally {
      file.drop()
    }
  }

  /** Answers the handshake of a WebSocket. */
  async connect(request: HttpRequest, caller: Caller): Promise<Opening> {
    const { dependencies, library } = this.#context
    const handshake = { ...request, headers: dependencies.dialect.sockets.handshakeHeaders(request.headers) }
    const opened = await this.#answer('socket', handshake, library.reader.readHandshake(handshake), caller)
    return opened.kind === 'open' ? opened : { kind: 'refused', response: opened }
  }

  #answer(
    via: Exchange['via'],
    request: OutgoingRequest,
    { recorded, identity }: ReadRequest,
    caller: Caller,
  ): AnswerOrLater<Answer> {
    return answer(this.#steps, new OpenExchange({ via, request, recorded, identity, caller }, this.#books))
  }

  #stepsOf(): Steps {
    const activePolicies = (): readonly Policy[] => this.#active
    const context = { ...this.#context, inFlight: this.#inFlight }
    const [finder, { playCounts: played }] = [this.#finder, this.#books]
    const history = {
      played,
      timesRequested: (recorded: readonly Entry[]) => finder.timesRequested(recorded),
    }
    return {
      get policies() {
        return activePolicies()
      },
      forwards: context.library.plan.asks !== 'never',
      find: (x) => finder.find(x),
      replay: (x, entry) =>
        x.via === 'socket' && isConversation(entry)
          ? playSocket(context, x, entry, context.inFlight.stopped)
          : replay(context, x, entry),
      explain: (x, outcome: NoMatch) => answerMiss(context, history, x, outcome),
      forward: (x) =>
        x.via === 'http'
          ? forward(context, x)
          : forwardSocket(context, x, (send) => forward(context, x, send)),
    }
  }

  /** Undoes a scope: equal requests get the same answers again, and its recordings are dropped. */
  undo(scope: Scope): void {
    this.#finder.undo(scope)
    this.#books.undo(scope)
    for (const policy of this.#policies) policy.undo(scope)
    this.#context.library.forget(scope)
  }

  /** Must be called when a policy may have become idle or active. */
  protected policiesChanged(): void {
    this.#active = active(this.#policies)
  }

  /** Lets everything that waits continue, before the session closes. */
  endWaiting(): void {
    for (const policy of this.#policies) policy.end()
  }

  /** Waits up to `graceMs` for exchanges in progress, then aborts the rest. */
  async settle(graceMs: number): Promise<void> {
    await this.#inFlight.settle(graceMs, this.#context.dependencies.clock, () => this.endWaiting())
  }

  /** Live mode forwards everything to the API. */
  get #isLive(): boolean {
    const { plan } = this.#context.library
    return plan.asks === 'always' && plan.writes === 'never'
  }

  /** Telemetry is neither recorded nor reported as a miss. */
  #answerLocally({ method, target }: IncomingRequest, local: HttpResponse, { scope }: Caller): HttpResponse {
    const { path } = splitTarget(target)
    this.#books.note({ method, path, outcome: 'ignored', status: local.status }, scope)
    return local
  }
}

function active(policies: readonly Policy[]): readonly Policy[] {
  return policies.filter((policy) => !policy.isIdle)
}

/** Whether the request's body is in memory, and is not large. */
function isSmall(request: IncomingRequest): request is HttpRequest {
  return ArrayBuffer.isView(request.body) && request.body.length <= LARGE
}
