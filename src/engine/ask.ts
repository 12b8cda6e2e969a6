import type { RecordedRequest } from '../core/cassette.ts'
import type { Dialect } from '../core/dialect.ts'
import { CONNECTION_HEADERS, type HttpRequest, type HttpResponse, withoutHeaders } from '../core/http.ts'
import type { Identity } from '../core/matchers.ts'
import type { Redactor } from '../core/redaction/redactor.ts'
import type { Catalog } from './catalog.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Plan } from './modes.ts'
import { type Clock, type Upstream, UpstreamError, type UpstreamResponse } from './ports.ts'
import type { Recorder, Slot } from './recorder.ts'
import { type Ending, relay } from './relay.ts'
import { Tap } from './tap.ts'

/** A request's place among all that arrived, and when: taken before its body is read. */
export interface Arrival {
  readonly order: number
  readonly at: number
}

/** Requests are numbered across sessions: several may record into one cassette. */
let arrivals = 0

export function arrive(clock: Clock): Arrival {
  return { order: arrivals++, at: clock.now() }
}

export interface Question {
  readonly request: HttpRequest
  /** The request as it is kept: redacted. */
  readonly asked: RecordedRequest
  readonly identity: Identity
  readonly arrival: Arrival
  /** Aborts when the client is gone. Once it has an answer it leaves by ending the body instead. */
  readonly signal: AbortSignal | undefined
  /** Aborts when the session is over. */
  readonly stopped: AbortSignal
  readonly plan: Plan
  readonly catalog: Catalog
  readonly recorder: Recorder | undefined
  readonly redactor: Redactor
  readonly dialect: Dialect
  readonly upstream: Upstream
  readonly clock: Clock
  readonly base: { readonly url: string; readonly explicit: boolean }
  readonly keepTruncated: boolean
  readonly warn: (message: string) => void
  readonly journal: Journal
  /** Holds the session open until the exchange is over. */
  readonly track: (work: Promise<void>) => void
}

type Settle = (settled: Partial<JournalEntry>) => void

/** Asks the upstream. The client gets its bytes as they come, the recorder a copy. */
export async function ask(question: Question): Promise<HttpResponse> {
  const { request, asked, identity, arrival, recorder, clock, journal } = question
  const slot = recorder?.take(identity.fingerprint, arrival.order)
  const settle = journal.add({ method: asked.method, path: asked.path, outcome: 'pending' })
  const abort = new AbortController()
  const leave = (): void => abort.abort()
  question.signal?.addEventListener('abort', leave, { once: true })
  const base = question.base.explicit ? question.base.url : (request.origin ?? question.base.url)
  const answered = question.upstream.send(base, request, AbortSignal.any([abort.signal, question.stopped]))
  question.track(answered.then(noop, noop))
  try {
    const response = await answered
    question.signal?.removeEventListener('abort', leave)
    settle({ status: response.status })
    const tap = new Tap(response, question.dialect)
    const { body, ended } = relay(response.body, {
      hear: (packet) => tap.hear(packet, Math.round(clock.now() - arrival.at)),
      // A client that asks again throws the error away unread.
      isFinal: () => tap.final || response.status >= 400,
      abort: leave,
    })
    question.track(ended.then((ending) => keepOrSay({ question, base, slot, response, tap, ending, settle })))
    return { status: response.status, headers: withoutHeaders(response.headers, HOP_BY_HOP), body }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const reason = question.redactor.text(error.message)
    settle({ outcome: 'failed', reason })
    return question.dialect.error(502, 'upstream_unreachable', reason)
  }
}

/** A live answer keeps its date; all else that belongs to the upstream's connection stays behind. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([...CONNECTION_HEADERS].filter((name) => name !== 'date'))

function noop(): void {}

interface Exchange {
  readonly question: Question
  readonly base: string
  readonly slot: Slot | undefined
  readonly response: UpstreamResponse
  readonly tap: Tap
  readonly ending: Ending
  readonly settle: Settle
}

/** The client has its answer: whatever goes wrong with the copy must not reach it, or anybody else's. */
function keepOrSay(exchange: Exchange): void {
  try {
    keep(exchange)
  } catch (error) {
    const { question, settle } = exchange
    const reason = question.redactor.text(
      `it could not be kept: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    settle({ outcome: 'dropped', reason })
    question.warn(`${question.asked.method} ${question.asked.path} is not recorded: ${reason}`)
  }
}

/** Keeps an exchange that is complete and clean, or says why not. */
function keep({ question, base, slot, response, tap, ending, settle }: Exchange): void {
  const { recorder, redactor, catalog, asked, identity } = question
  if (recorder === undefined || slot === undefined) {
    settle({ outcome: 'passed', ...(ending.kind === 'broken' ? { reason: 'the upstream broke off' } : {}) })
    return
  }
  if (ending.kind !== 'complete' && !question.keepTruncated) {
    settle({
      outcome: 'dropped',
      reason: ending.kind === 'broken' ? 'the upstream broke off' : 'the client left before the end',
    })
    return
  }
  redactor.learnFromResponse(response.headers)
  const heard = tap.result(ending.kind !== 'complete')
  const recorded = redactor.response({ status: response.status, headers: response.headers, ...heard })
  const leak = redactor.leak(asked, recorded)
  if (leak !== undefined) {
    const reason = `a secret in ${leak} could not be taken out`
    settle({ outcome: 'dropped', reason })
    question.warn(
      `${asked.method} ${asked.path} is not recorded: ${reason}. A rule of your own may (the option 'redact', --redact).`,
    )
    return
  }
  const interaction = { request: asked, response: recorded }
  recorder.fill(slot, interaction, redactor.text(base))
  if (question.plan.reads) catalog.add(recorder.name, interaction, identity)
  settle({ outcome: 'recorded', cassette: recorder.name })
}
