import type { RecordedRequest, RecordedResponse } from '../cassette/cassette.ts'
import type { Level, OverLimit, Resource } from './limits.ts'
import type { Headers, HttpRequest, HttpResponse, OutgoingRequest } from '../http/message.ts'
import type { Difference } from '../match/near-miss/json-diff.ts'
import type { IdShapes } from '../match/generated-ids.ts'
import type { SecretShapes } from '../redact/shapes.ts'
import type { RewireRules } from './rewire.ts'
import type { Tokens, UsageSighting } from './usage.ts'

/** The upstream that a request is sent to. */
export interface Destination {
  readonly url: string
  /** Whether the user configured it. */
  readonly explicit: boolean
}

/** Everything that the engine needs to know about an API. The engine itself works with any API. */
export interface Dialect {
  readonly defaultUpstream: string
  /** The API's hosts, including regional ones. */
  readonly hosts: readonly string[]
  /** Adds a key from the environment if the request has none and the key is meant for this destination. */
  authorize<R extends OutgoingRequest>(
    request: R,
    to: Destination,
    env: Readonly<Record<string, string | undefined>>,
  ): R
  /**
   * The response to a request that is unrelated to the test and is never recorded, such as telemetry.
   * Undefined for all other requests.
   */
  localAnswer(request: Pick<HttpRequest, 'method' | 'target'>): HttpResponse | undefined
  /** Explains the differences to a recorded request, and suggests a fix. Undefined if it cannot explain all of them. */
  advise(differences: readonly Difference[], response: RecordedResponse): string | undefined
  /** What secrets and generated ids look like. */
  readonly shapes: { readonly secrets: SecretShapes; readonly ids: IdShapes }
  readonly requests: RequestFacts
  readonly responses: ResponseFacts
  readonly usage: UsageFacts
  readonly errors: ApiErrors
  readonly sockets: SocketFacts
  readonly rerecord: RerecordSupport
}

export interface RequestFacts {
  /** Request headers that change the meaning of a response. They are compared in matching. */
  readonly meaningfulHeaders: ReadonlySet<string>
  /** A short description of a request for messages. May be empty. */
  gist(request: RecordedRequest): string
  /** The model in a request. Undefined if it has none. */
  modelOf(request: RecordedRequest): string | undefined
  /** Whether a request runs a model, and so costs money. */
  callsModel(request: RecordedRequest): boolean
  /** JSON paths of the parameter schemas of tools. */
  readonly toolSchemas: readonly string[]
}

export interface ResponseFacts {
  /** Whether a client may disconnect after this event, because nothing important follows. */
  isFinalEvent(event: { readonly name?: string; readonly data?: string }): boolean
  /** Changes response headers so that the client retries or polls without waiting. */
  withoutWaits(method: string, status: number, headers: Headers): Headers
}

export interface UsageFacts {
  /** The model usage that a response reports. Empty if no model was called. */
  sightings(request: RecordedRequest, response: RecordedResponse): readonly UsageSighting[]
  /** Estimates the usage of a request before its response is known. */
  estimate(request: RecordedRequest): Tokens
  /** Estimates the tokens that a request counts against a rate limit while its usage is unknown. */
  estimateForLimits(request: RecordedRequest): number
}

export interface SocketFacts {
  /**
   * Normalizes the headers of a WebSocket handshake. Browsers can send the key and the API version only
   * as subprotocols, which this converts to the usual headers.
   */
  handshakeHeaders(headers: Headers): Headers
  /** Formats an error of the mock as a WebSocket message. */
  errorMessage(code: string, message: string): string
}

/** Everything that re-recording needs to know about an API. */
export interface RerecordSupport {
  readonly rewireRules: RewireRules
  /** The progress of an object that clients poll, such as a batch or a run. Undefined for other responses. */
  progressOf(response: RecordedResponse): 'unfinished' | 'settled' | undefined
  /** Whether a retry of the request may succeed. */
  isWorthRetrying(response: RecordedResponse): boolean
  /** Milliseconds to wait before the next request. Undefined if the response does not specify it. */
  waitOf(headers: Headers): number | undefined
  /** Replaces models in the body, the path and the query of a request. */
  withModels(request: RecordedRequest, models: ReadonlyMap<string, string>): RecordedRequest
  /** The type of a WebSocket message that a client may wait for. Undefined for other messages, such as deltas. */
  milestone(message: string): string | undefined
  /** The message of an error response in one line. Undefined for other responses. */
  errorText(response: RecordedResponse): string | undefined
  /** The placeholder of a redacted secret in a text. Undefined if the text has none. */
  redactedSecret(text: string): string | undefined
  /** Headers with an invalid key, for re-recording an authentication error. */
  readonly refusedKey: Headers
}

/** Errors in the API's own shape. */
export interface ApiErrors {
  /** An error of the mock itself. */
  custom(status: number, code: string, message: string): HttpResponse
  /** The names of the API's errors that faults can return. */
  readonly names: readonly string[]
  response(name: string, request: FailingRequest): HttpResponse
  /** The events that end a stream with an error, after the events that were already sent. */
  streamError(name: string, request: FailingRequest, sent: readonly string[]): readonly string[]
  socketError(name: string, request: FailingRequest): SocketError
  /** The response to a request that exceeds a rate limit. */
  rateLimited(request: OverLimit): HttpResponse
  /** The headers that report a model's remaining limits. */
  limitHeaders(levels: Readonly<Partial<Record<Resource, Level>>>): Headers
}

/** An error that is sent over a WebSocket. The connection stays open. */
export interface SocketError {
  readonly text: string
  /** Whether the error ends the response to the client's message. */
  readonly endsAnswer: boolean
}

/** A request that is answered with an error. */
export interface FailingRequest {
  /** Without the query. */
  readonly path: string
  readonly model: string | undefined
  /** The position among the requests that a fault applies to, from 1. */
  readonly nth: number
}
