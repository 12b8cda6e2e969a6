import type { RecordedRequest, RecordedResponse } from '../cassette/cassette.ts'
import type { Level, Resource } from '../policies/limits/limits.ts'
import type { Headers, HttpRequest, HttpResponse, OutgoingRequest } from '../http/message.ts'
import type { Difference } from '../match/similarity/json-diff.ts'
import type { ReadAnswer } from './answer.ts'
import type { Showing, Tokens } from './usage.ts'

/** Where a request is sent. */
export interface Destination {
  readonly url: string
  /** The user chose it. */
  readonly explicit: boolean
}

/** All that the engine must know about the API it records, and does not know itself. */
export interface Dialect {
  readonly defaultUpstream: string
  /** Request headers that change what an answer means, and so count in matching. */
  readonly meaningfulHeaders: ReadonlySet<string>
  /** Whether nothing of weight follows this event, so that a client may well leave here. */
  isFinalEvent(event: { readonly name?: string; readonly data?: string }): boolean
  /** The request with a key of the environment's, where the client has none of its own and the key is for there. */
  authorize<R extends OutgoingRequest>(
    request: R,
    to: Destination,
    env: Readonly<Record<string, string | undefined>>,
  ): R
  /** An answer's headers, with which a client does not sleep before it asks again. */
  withoutWaits(method: string, status: number, headers: Headers): Headers
  /**
   * The answer to a request that is no part of what a test is about: telemetry, which
   * differs from run to run. Undefined for all others.
   */
  aside(request: Pick<HttpRequest, 'method' | 'target'>): HttpResponse | undefined
  /** An error in the API's own shape. */
  error(status: number, code: string, message: string): HttpResponse
  /** The same as an event, for a client that is connected by a WebSocket. */
  errorEvent(code: string, message: string): string
  /**
   * A WebSocket's handshake without what browsers can say in subprotocols only: keys, and the
   * version of the API. They become the headers that they stand for.
   */
  handshake(headers: Headers): Headers
  /** What an answer shows of the use of models: nothing where none was asked. */
  showings(request: RecordedRequest, response: RecordedResponse): readonly Showing[]
  /** A request in a few words, for a person to know it by; empty when there are none. */
  gist(request: RecordedRequest): string
  /** What explains all the differences to a recorded request with this response, and what would help. */
  advise(differences: readonly Difference[], response: RecordedResponse): string | undefined
  /** The model that a request asks; undefined where it names none. */
  modelOf(request: RecordedRequest): string | undefined
  /** Tokens that a request asks for, as far as the request alone tells. */
  estimate(request: RecordedRequest): number
  /** Whether a request has a model do something, which costs. */
  asksModel(request: RecordedRequest): boolean
  /** What a request may use, as far as it tells. */
  mayUse(request: RecordedRequest): Tokens
  /** What goes wrong, as this API tells it. */
  readonly failures: Failures
  /** What whoever asks anew must know. */
  readonly again: Again
}

/** What whoever sends recorded requests anew must know of an API. */
export interface Again {
  /** Reads what later requests carry of an answer. */
  readonly readAnswer: ReadAnswer
  /** How far a thing is that takes its time, and is asked after until it rests; undefined for all else. */
  progressOf(response: RecordedResponse): 'unfinished' | 'at rest' | undefined
  /** Whether the same request may well be answered otherwise soon. */
  isWorthRetrying(response: RecordedResponse): boolean
  /** Milliseconds that an answer wants waited before the next request; undefined where it says nothing. */
  waitOf(headers: Headers): number | undefined
  /** The request with other models: in its body, and where its path or its query names one. */
  withModels(request: RecordedRequest, models: ReadonlyMap<string, string>): RecordedRequest
  /** What a server says over a WebSocket, by its type, where a client may wait for it: nothing in pieces. */
  landmark(message: string): string | undefined
  /** What an error says, in a line; undefined for what is none. */
  errorText(response: RecordedResponse): string | undefined
}

/** How an API fails. */
export interface Failures {
  /** Names of the errors that it is known to answer. */
  readonly names: readonly string[]
  /** The error of this name. */
  answer(name: string, asked: AskedFor): HttpResponse
  /** Events that end a stream with the error of this name, behind those that were sent. */
  streamError(name: string, asked: AskedFor, sent: readonly string[]): readonly string[]
  /** What a server says over a WebSocket of the error of this name. */
  socketError(name: string, asked: AskedFor): SocketError
  /** The answer to what is over a limit. */
  rateLimited(refusal: Refusal): HttpResponse
  /** What is left of a model's limits. */
  limitHeaders(levels: Readonly<Partial<Record<Resource, Level>>>): Headers
}

/** An error that is told to a client over a WebSocket, which stays open. */
export interface SocketError {
  readonly text: string
  /** Whether nothing of the answer follows it, until the client speaks again. */
  readonly endsAnswer: boolean
}

/** A request that fails. */
export interface AskedFor {
  /** Without the query. */
  readonly path: string
  readonly model: string | undefined
  /** Its place among those that a fault is about, from 1. */
  readonly nth: number
}

/** A request that is over a limit. */
export interface Refusal {
  readonly model: string
  readonly resource: Resource
  readonly requested: number
  readonly level: Level
  /** Milliseconds until there is enough; undefined where there never will be. */
  readonly wait: number | undefined
}
