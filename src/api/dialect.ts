import type { RecordedRequest, RecordedResponse } from '../cassette/cassette.ts'
import type { Level, OverLimit, Resource } from './limits.ts'
import type { Headers, HttpRequest, HttpResponse, OutgoingRequest } from '../http/message.ts'
import type { Difference } from '../match/near-miss/json-diff.ts'
import type { IdShapes } from '../match/generated-ids.ts'
import type { SecretShapes } from '../redact/shapes.ts'
import type { RewireRules } from './rewire.ts'
import type { Tokens, UsageSighting } from './usage.ts'

/** Where a request is sent. */
export interface Destination {
  readonly url: string
  /** Whether the user chose it. */
  readonly explicit: boolean
}

/** All that the engine has to know about the API that it records. It knows nothing of it itself. */
export interface Dialect {
  readonly defaultUpstream: string
  /** The API's hosts, regional ones too. */
  readonly hosts: readonly string[]
  /** The request with a key from the environment, where the client has none and the key is meant for this destination. */
  authorize<R extends OutgoingRequest>(
    request: R,
    to: Destination,
    env: Readonly<Record<string, string | undefined>>,
  ): R
  /**
   * The answer to a request that has nothing to do with a test: telemetry, which differs
   * from run to run. Undefined for all other requests.
   */
  localAnswer(request: Pick<HttpRequest, 'method' | 'target'>): HttpResponse | undefined
  /** What explains all differences to a recorded request with this response, and what would help. */
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
  /** Request headers that change the meaning of a response, and so count in matching. */
  readonly meaningfulHeaders: ReadonlySet<string>
  /** A request in a few words, for people to recognize it; empty when there are none. */
  gist(request: RecordedRequest): string
  /** The model that a request names; undefined where it names none. */
  modelOf(request: RecordedRequest): string | undefined
  /** Whether a request has a model do something, which costs. */
  callsModel(request: RecordedRequest): boolean
  /** JSON paths of the schemas by which tools describe their parameters. */
  readonly toolSchemas: readonly string[]
}

export interface ResponseFacts {
  /** Whether nothing important follows this event, so that a client may leave after it. */
  isFinalEvent(event: { readonly name?: string; readonly data?: string }): boolean
  /** The headers with which a client does not wait before it retries or polls. */
  withoutWaits(method: string, status: number, headers: Headers): Headers
}

export interface UsageFacts {
  /** What a response shows of the use of models: nothing where no model was called. */
  sightings(request: RecordedRequest, response: RecordedResponse): readonly UsageSighting[]
  /** What a request may use, as far as it can be known before the answer. */
  estimate(request: RecordedRequest): Tokens
  /** Tokens that a request counts against a rate limit while its usage is unknown. */
  estimateForLimits(request: RecordedRequest): number
}

export interface SocketFacts {
  /**
   * The headers of a WebSocket's handshake. Browsers can send keys and the version of the API as
   * subprotocols only: these become the headers that they replace.
   */
  handshakeHeaders(headers: Headers): Headers
  /** An error of ours as a message to the client of a WebSocket. */
  errorMessage(code: string, message: string): string
}

/** What re-recording has to know about an API. */
export interface RerecordSupport {
  readonly rewireRules: RewireRules
  /** The progress of what clients poll: a batch, a run. Undefined for everything else. */
  progressOf(response: RecordedResponse): 'unfinished' | 'at rest' | undefined
  /** Whether a retry may succeed. */
  isWorthRetrying(response: RecordedResponse): boolean
  /** Milliseconds to wait before the next request; undefined where the response does not say. */
  waitOf(headers: Headers): number | undefined
  /** The request with other models: in its body, and where its path or its query names one. */
  withModels(request: RecordedRequest, models: ReadonlyMap<string, string>): RecordedRequest
  /** The type of a WebSocket's message, where a client may wait for such a message. Deltas have none. */
  milestone(message: string): string | undefined
  /** An error's message in one line; undefined where the response is no error. */
  errorText(response: RecordedResponse): string | undefined
  /** The placeholder of a secret in a text; undefined if it holds none. */
  redactedSecret(text: string): string | undefined
  /** Headers with a key that the API refuses, to get a recorded refusal again. */
  readonly refusedKey: Headers
}

/** Errors in the API's own shape. */
export interface ApiErrors {
  /** An error of ours. */
  custom(status: number, code: string, message: string): HttpResponse
  /** Names of the API's known errors. */
  readonly names: readonly string[]
  /** The error of this name. */
  response(name: string, request: FailingRequest): HttpResponse
  /** Events that end a stream with the error of this name, after those that were sent. */
  streamError(name: string, request: FailingRequest, sent: readonly string[]): readonly string[]
  /** The error of this name over a WebSocket. */
  socketError(name: string, request: FailingRequest): SocketError
  /** The answer to what is over a limit. */
  rateLimited(request: OverLimit): HttpResponse
  /** What is left of a model's limits. */
  limitHeaders(levels: Readonly<Partial<Record<Resource, Level>>>): Headers
}

/** An error that is sent to a client over a WebSocket, which stays open. */
export interface SocketError {
  readonly text: string
  /** Whether nothing of the answer follows it, until the client's next message. */
  readonly endsAnswer: boolean
}

/** A request that gets an error. */
export interface FailingRequest {
  /** Without the query. */
  readonly path: string
  readonly model: string | undefined
  /** Its place among those that a fault applies to, from 1. */
  readonly nth: number
}
