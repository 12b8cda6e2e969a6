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
  /** Hosts whose requests the cassette answers: the API's, the chosen upstream's, and those that it was recorded from. */
  readonly hosts: readonly string[]
  /** Redacts secrets in the text of a message. */
  redact(text: string): string
  /** Takes a request's position in the recording, before its body is read. */
  arrive(): Arrival
  /** @throws ConnectionError when the client is to get no answer */
  handle(request: IncomingRequest, caller: Caller): AnswerOrLater<HttpResponse>
  connect(request: HttpRequest, caller: Caller): Promise<Opening>
}

/**
 * The key of an open cassette's answerer. It is a symbol because only adapters use it, and a registered one,
 * so that adapters in another copy of the package find it.
 */
export const ANSWERER: unique symbol = Symbol.for('openai-vcr.answerer')

/** The part of an open cassette that adapters take. */
export interface OpenCassette {
  readonly [ANSWERER]: Answerer
}
