import type { RecordedRequest } from '../../cassette/cassette.ts'
import type { FailingRequest, Dialect } from '../../api/dialect.ts'
import { ConnectionError } from '../../messages/errors.ts'
import { encodeText } from '../../http/bytes.ts'
import { type FaultOptions, type FaultPlan, readPlan } from './plan.ts'
import { type Fault, type FaultAnswer, inWords, isAbout, type StreamFault } from './rules.ts'
import {
  type Headers,
  headerValue,
  type HttpResponse,
  splitTarget,
  withoutHeaders,
} from '../../http/message.ts'
import { jsonText } from '../../json/json.ts'
import type { Entry } from '../../engine/library/catalog.ts'
import { faulty } from './faulty-body.ts'
import { faultySocket, type SocketFault } from './faulty-socket.ts'
import { LimitClock } from '../limits/limit-clock.ts'
import { Limiter, type Metered } from '../limits/limiter.ts'
import type { Setting } from '../../engine/setting.ts'
import type { OpenSocket } from '../../http/web-socket.ts'
import type { Trail } from '../../engine/scope.ts'

/** A fault whose turn it is, and the request that it is for. */
export interface Due {
  readonly fault: Fault
  readonly asked: FailingRequest
  /** In words, for the journal. */
  readonly reason: string
}

type RehearsalSetting = Pick<Setting, 'faults' | 'limitClock' | 'dialect' | 'clock' | 'timing'>

/** The failures that one session rehearses: which requests were counted for them, and what its limits have left. */
export class Rehearsal {
  readonly #setting: RehearsalSetting
  readonly #closed = new AbortController()
  readonly #time: LimitClock
  #faults: readonly Fault[] = []
  #counts = new Map<Fault, number>()
  #limiter: Limiter | undefined

  constructor(setting: RehearsalSetting) {
    this.#setting = setting
    this.#time = new LimitClock(setting.limitClock, setting.clock)
    this.replace(setting.faults)
  }

  /** Other faults and limits from now on, counted from the start; those that it was opened with, where none are given. */
  replace({ faults, limits }: FaultPlan = this.#setting.faults): void {
    this.#faults = faults
    this.#counts = new Map()
    const isLimited = Object.keys(limits).length > 0
    this.#limiter = isLimited ? new Limiter(limits, this.#time, this.#setting.dialect.errors) : undefined
  }

  /** @throws UsageError that names the fault and the field that are wrong */
  read(options: FaultOptions): void {
    this.replace(readPlan(options, 'rehearse', this.#setting.dialect.errors.names))
  }

  /** Lets time pass for the limits. */
  advance(ms: number, trail?: Trail): void {
    this.#time.advance(ms)
    this.#limiter?.advanced(ms, trail)
  }

  /** Ends all waiting: the session is closed. */
  end(): void {
    this.#closed.abort()
  }

  /**
   * Counts a request for every fault that is about it; the first whose turn it is happens.
   * @param by what the request came by: no fault is about both
   */
  due(request: RecordedRequest, by: 'http' | 'socket', trail: Trail | undefined): Due | undefined {
    if (this.#faults.length === 0) return undefined
    const model = this.#setting.dialect.requests.modelOf(request)
    const due = this.#faults
      .filter(({ when }) => isAbout(when, request, by, model))
      .filter((fault) => fault.isDue(this.#count(fault, trail)))
    const [fault] = due
    if (fault === undefined) return undefined
    const nth = this.#counts.get(fault) ?? 0
    const { path } = splitTarget(request.path)
    return { fault, asked: { path, model, nth }, reason: inWords(fault) }
  }

  /** Takes back what a trail was counted for, and what it took of the limits. */
  undo(trail: Trail): void {
    this.#time.goBack(this.#limiter?.undo(trail) ?? 0)
    for (const fault of trail.faults) this.#counts.set(fault, (this.#counts.get(fault) ?? 1) - 1)
  }

  #count(fault: Fault, trail: Trail | undefined): number {
    trail?.faults.push(fault)
    const nth = (this.#counts.get(fault) ?? 0) + 1
    this.#counts.set(fault, nth)
    return nth
  }

  /**
   * Counts a request against its model's limits.
   * @param entry the recorded interaction that is to answer it
   */
  meter(request: RecordedRequest, entry: Entry | undefined, trail: Trail | undefined): Metered | undefined {
    const { dialect } = this.#setting
    const tokens = (): number => tokensOf(dialect, request, entry)
    const metered = this.#limiter?.meter(dialect.requests.modelOf(request), tokens, trail)
    return metered?.refusal === undefined
      ? metered
      : { ...metered, refusal: this.#hinted(metered.refusal, request.method) }
  }

  /** Waits as a fault says; less when the client leaves or the session is closed. */
  async delay({ fault }: Due, signal: AbortSignal | undefined): Promise<void> {
    if (fault.delay > 0) await this.#sleep(fault.delay, signal)
  }

  /**
   * What a fault answers in place of everything else; undefined where there is an answer for it to spoil.
   * @throws ConnectionError when the client is to get no answer
   */
  async answer(
    { fault: { does }, asked }: Due,
    method: string,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    switch (does.kind) {
      case 'error':
        return this.error(does.error, asked, method)
      case 'answer':
        return this.#hinted(answerOf(does.answer), method)
      case 'timeout':
        await aborted([this.#closed.signal, ...(signal === undefined ? [] : [signal])])
        throw new ConnectionError('the session was closed while a request waited', 'ECONNRESET')
      default:
        throw new ConnectionError('read ECONNRESET', 'ECONNRESET')
    }
  }

  /** The error of this name, as whoever asks again is to get it. */
  error(name: string, asked: FailingRequest, method: string): HttpResponse {
    return this.#hinted(this.#setting.dialect.errors.response(name, asked), method)
  }

  /**
   * An answer as a fault spoils it.
   * @param readsOn whether the rest of what is cut off is read, because it is recorded
   * @param ended called with whether the client got it to the end
   */
  spoil(
    response: HttpResponse,
    { asked }: Due,
    fault: StreamFault,
    { readsOn, ended }: { readsOn: boolean; ended: (whole: boolean) => void },
  ): HttpResponse {
    const name = fault.kind === 'errorEvent' ? fault.error : ''
    return faulty(response, fault, {
      sleep: (ms, left) => this.#sleep(ms, left),
      errorEvents: (sent) => this.#setting.dialect.errors.streamError(name, asked, sent),
      readsOn,
      ended,
    })
  }

  /**
   * A conversation as a fault spoils it.
   * @param whole called when the client was told all of a recorded one
   */
  spoilSocket(
    opening: OpenSocket,
    { asked }: Due,
    fault: SocketFault,
    whole: () => void = () => {},
  ): OpenSocket {
    const name = fault.kind === 'errorEvent' ? fault.error : ''
    return faultySocket(opening, fault, {
      sleep: (ms, left) => this.#sleep(ms, left),
      error: () => this.#setting.dialect.errors.socketError(name, asked),
      whole,
    })
  }

  /** With `instant` timing no client is to sleep; else the API's own hint in milliseconds. One that was given stays. */
  #hinted(response: HttpResponse, method: string): HttpResponse {
    const { timing, dialect } = this.#setting
    const { status, headers } = response
    if (headers.some(([name]) => name === 'retry-after-ms')) return response
    if (timing === 'instant')
      return { ...response, headers: dialect.responses.withoutWaits(method, status, headers) }
    const seconds = headerValue(headers, 'retry-after') ?? ''
    return /^\d+$/.test(seconds)
      ? { ...response, headers: [...headers, ['retry-after-ms', String(Number(seconds) * 1000)]] }
      : response
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const signals = [this.#closed.signal, ...(signal === undefined ? [] : [signal])]
    return this.#setting.clock.sleep(ms, AbortSignal.any(signals))
  }
}

/** What the limits have left in place of what they had when this was recorded. */
export function withLimits(response: HttpResponse, metered: Metered | undefined): HttpResponse {
  if (metered === undefined) return response
  const names = new Set(metered.headers.map(([name]) => name))
  return { ...response, headers: [...withoutHeaders(response.headers, names), ...metered.headers] }
}

/** As its recording tells it, or as its request lets guess. */
function tokensOf(dialect: Dialect, request: RecordedRequest, entry: Entry | undefined): number {
  const showings =
    entry === undefined ? [] : dialect.usage.sightings(entry.interaction.request, entry.interaction.response)
  const uses = showings.flatMap((showing) => (showing.begins ? (showing.uses ?? []) : []))
  if (uses.length === 0) return dialect.usage.estimateForLimits(request)
  return uses.reduce((sum, { tokens }) => sum + (tokens.input ?? 0) + (tokens.output ?? 0), 0)
}

function answerOf({ status, headers = {}, body = '' }: FaultAnswer): HttpResponse {
  const lines: Headers = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json'
  return {
    status,
    headers: lines.some(([name]) => name === 'content-type') ? lines : [['content-type', type], ...lines],
    body: encodeText(isText ? body : jsonText(body)),
  }
}

function aborted(signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals])
  if (any.aborted) return Promise.resolve()
  return new Promise((resolve) => any.addEventListener('abort', () => resolve(), { once: true }))
}
