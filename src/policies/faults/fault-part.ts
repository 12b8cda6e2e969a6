import type { FailingRequest } from '../../api/dialect.ts'
import type { SessionContext } from '../../engine/exchange/context.ts'
import type { Answer, AnswerOrLater, Exchange, Found, Part, Verdict } from '../../engine/exchange/exchange.ts'
import { protocolOf } from '../../engine/sockets/play-socket.ts'
import { encodeText } from '../../http/bytes.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'
import type { OpenSocket } from '../../http/web-socket.ts'
import { jsonText } from '../../json/json.ts'
import { ConnectionError } from '../../messages/errors.ts'
import { apiError, withRetryHints } from '../api-error.ts'
import { alterationOf, whyNotApplicable, whyNotApplicableToHead } from './applicability.ts'
import { faulty } from './faulty-body.ts'
import { faultySocket, type Alteration } from './faulty-socket.ts'
import type { Fault, FaultAnswer, StreamFault } from './rules.ts'

/** A fault that is due, and the request that it is due for. */
export interface PendingFault {
  readonly fault: Fault
  readonly request: FailingRequest
  /** A description for the journal. */
  readonly reason: string
}

/** Kinds that answer instead of the cassette and the upstream. */
const REPLACES: ReadonlySet<string> = new Set(['error', 'answer', 'timeout', 'reset'])

/**
 * What a fault does to one exchange: replace the answer with an error, delay it, or damage it while it is sent.
 * An answer that the client cannot use leaves the recorded interaction unused.
 */
export class FaultPart implements Part {
  readonly #context: SessionContext
  readonly #x: Exchange
  readonly #pending: PendingFault
  readonly #closed: AbortSignal
  /** How the answer is altered; undefined where it is only delayed. */
  readonly #alters: Alteration | undefined
  #state: 'passes' | 'alters recorded' | 'alters forwarded' = 'passes'

  /** @param closed aborts when the session closes */
  constructor(context: SessionContext, x: Exchange, pending: PendingFault, closed: AbortSignal) {
    this.#context = context
    this.#x = x
    this.#pending = pending
    this.#closed = closed
    this.#alters = alterationOf(pending.fault.does, x.via)
  }

  before(): AnswerOrLater<Answer | undefined> {
    const { does, delay } = this.#pending.fault
    if (REPLACES.has(does.kind)) return this.#answerInstead()
    if (delay === 0) return this.#endedAtOnce()
    return this.#sleep(delay, this.#x.client.signal).then(() => this.#endedAtOnce())
  }

  async #answerInstead(): Promise<HttpResponse> {
    const { delay } = this.#pending.fault
    const { signal } = this.#x.client
    this.#x.journal({ outcome: 'faulted', reason: this.#pending.reason })
    if (delay > 0) await this.#sleep(delay, signal)
    const response = await this.#replacement(signal)
    this.#x.journal({ status: response.status })
    return response
  }

  /** @throws ConnectionError when the client is to get no answer */
  async #replacement(signal: AbortSignal): Promise<HttpResponse> {
    const { fault, request } = this.#pending
    const { method } = this.#x.recorded
    switch (fault.does.kind) {
      case 'error':
        return apiError(this.#context, fault.does.error, request, method)
      case 'answer':
        return withRetryHints(this.#context, responseOf(fault.does.answer), method)
      case 'timeout':
        await aborted(AbortSignal.any([this.#closed, signal]))
        throw new ConnectionError('the session was closed while the request was waiting', 'ECONNRESET')
      default:
        throw new ConnectionError('read ECONNRESET', 'ECONNRESET')
    }
  }

  /** A WebSocket that opens, and is closed or breaks before its first frame. */
  #endedAtOnce(): OpenSocket | undefined {
    const { fault, reason } = this.#pending
    if (this.#x.client.signal.aborted) {
      this.#x.journal({ outcome: 'faulted', reason: `${reason}; the client left in the meantime` })
      throw new ConnectionError('the client left', undefined)
    }
    const { does } = fault
    if (this.#x.via === 'http' || (does.kind !== 'close' && does.kind !== 'cut') || does.after > 0)
      return undefined
    this.#x.journal({ outcome: 'faulted', reason })
    return {
      kind: 'open',
      headers: [],
      protocol: protocolOf(this.#x.request.headers, undefined),
      records: false,
      attach: (client) => {
        if (does.kind === 'close') client.close(does.code, does.reason)
        else client.terminate()
        return { onMessage: () => {}, onClose: () => {} }
      },
    }
  }

  decide({ outcome }: Found, forwards: boolean): Verdict | undefined {
    const { reason } = this.#pending
    if (forwards) {
      this.#state = 'alters forwarded'
      return { kind: 'use', reason }
    }
    if (outcome.kind !== 'hit') return undefined
    const { response } = outcome.entry.interaction
    const obstacle = this.#alters && whyNotApplicable(this.#alters, response)
    if (obstacle !== undefined) return { kind: 'use', reason: withObstacle(reason, obstacle) }
    const isAltered =
      this.#alters !== undefined && (this.#x.via === 'http' || response.body.kind === 'frames')
    if (isAltered) this.#state = 'alters recorded'
    return { kind: isAltered ? 'leave-unused' : 'use', outcome: 'faulted', reason }
  }

  prepare(answer: Answer): Answer {
    switch (this.#state) {
      case 'passes':
        return answer
      case 'alters recorded':
        // An answer that only stalls may still arrive in full.
        return this.#altered(answer, false, this.#alters?.kind === 'stall' ? () => this.#x.use() : () => {})
      case 'alters forwarded':
        return this.#prepareForwarded(answer)
    }
  }

  #prepareForwarded(answer: Answer): Answer {
    const { reason } = this.#pending
    const { via } = this.#x
    if (via === 'socket') return answer.kind === 'open' ? this.#altered(answer, false) : answer
    const obstacle = this.#alters && whyNotApplicableToHead(this.#alters as StreamFault, answer.headers)
    this.#x.journal({ reason: obstacle === undefined ? reason : withObstacle(reason, obstacle) })
    if (obstacle !== undefined) return answer
    return this.#altered(answer, this.#context.library.plan.writes !== 'never')
  }

  /**
   * @param readsOn whether the upstream's answer is read to its end after the cut, because it is recorded
   * @param complete called once the client has received all of a recorded answer
   */
  #altered(answer: Answer, readsOn: boolean, complete: () => void = () => {}): Answer {
    const fault = this.#alters
    if (fault === undefined) return answer
    const { request } = this.#pending
    const { errors } = this.#context.dependencies.dialect
    const error = fault.kind === 'errorEvent' ? fault.error : ''
    const sleep = (ms: number, left: AbortSignal) => this.#sleep(ms, left)
    if (answer.kind === 'open')
      return faultySocket(answer, fault, {
        sleep,
        error: () => errors.socketError(error, request),
        whole: complete,
      })
    return faulty(answer, fault as StreamFault, {
      sleep,
      errorEvents: (sent) => errors.streamError(error, request, sent),
      readsOn,
      ended: (whole) => {
        if (whole) complete()
      },
    })
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#context.dependencies.clock.sleep(ms, AbortSignal.any([this.#closed, signal]))
  }
}

function withObstacle(reason: string, obstacle: string): string {
  return `${reason}: not applied, because ${obstacle}`
}

function responseOf({ status, headers = {}, body = '' }: FaultAnswer): HttpResponse {
  const lines: Headers = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json'
  return {
    status,
    headers: lines.some(([name]) => name === 'content-type') ? lines : [['content-type', type], ...lines],
    body: encodeText(isText ? body : jsonText(body)),
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
