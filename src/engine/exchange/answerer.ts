import type { HttpRequest, HttpResponse, IncomingRequest } from '../../http/message.ts'
import type { Opening } from '../../http/web-socket.ts'
import type { Arrival } from '../arrival.ts'
import type { Mode } from '../modes.ts'
import type { AnswerOrLater, Caller } from './exchange.ts'

/** What adapters need: it answers requests and handshakes, for an open cassette or for one of its scopes. */
export interface Answerer {
  readonly mode: Mode
  /** The upstream that the user chose; undefined when each request goes to its own host. */
  readonly upstream: string | undefined
  /** Hosts whose requests are this cassette's: the API's, the chosen upstream's, and those that it was recorded from. */
  readonly hosts: readonly string[]
  /** Takes secrets out of a text for a message. */
  redact(text: string): string
  /** A request's place in the recording, taken before its body is read. */
  arrive(): Arrival
  /** @throws ConnectionError when the client is to get no answer */
  handle(request: IncomingRequest, caller: Caller): AnswerOrLater<HttpResponse>
  connect(request: HttpRequest, caller: Caller): Promise<Opening>
}

/**
 * Where an open cassette has its answerer: behind a symbol, as it is for adapters alone. A symbol of the
 * registry, so that adapters of another copy of the package find it.
 */
export const ANSWERER: unique symbol = Symbol.for('openai-vcr.answerer')

/** What `openCassette` gives, as adapters take it. */
export interface OpenCassette {
  readonly [ANSWERER]: Answerer
}
