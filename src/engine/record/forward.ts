import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import {
  CONNECTION_HEADERS,
  type Headers,
  type HttpResponse,
  type OutgoingRequest,
  withoutHeaders,
} from '../../http/message.ts'
import type { Identity } from '../../match/identity.ts'
import type { Arrival } from '../arrival.ts'
import { runAsking } from '../../adapters/own-traffic.ts'
import type { LargeContent } from '../request/spooled-blobs.ts'
import type { Journal, JournalEntry } from '../journal.ts'
import { countOrLeave, keepOrSay } from './commit.ts'
import { UpstreamError } from '../ports.ts'
import { type Ending, relay } from './relay.ts'
import type { Setting } from '../setting.ts'
import { Tap } from './tap.ts'
import type { UsageBook } from '../usage/usage-book.ts'
import type { Trail } from '../scope.ts'

export interface Question {
  readonly request: OutgoingRequest
  /** The request as it is kept: redacted. */
  readonly asked: RecordedRequest
  readonly identity: Identity
  readonly arrival: Arrival
  /** Aborts when the client is gone. Once it has an answer it leaves by ending the body instead. */
  readonly signal: AbortSignal | undefined
  /** Aborts when the session is over. */
  readonly stopped: AbortSignal
  readonly journal: Journal
  readonly usage: Pick<UsageBook, 'answer'>
  readonly trail: Trail | undefined
  /** What else the journal is to say. */
  readonly note?: string | undefined
  /** Holds the session open until the exchange is over. */
  readonly track: (work: Promise<void>) => void
}

/** What else the journal is to say of an answer with these headers. */
export type NoteOf = (headers: Headers) => Partial<JournalEntry>

/**
 * Asks the upstream. The client gets its bytes as they come, the recorder a copy.
 * @param noteOf what else the journal is to say once the answer's headers are there
 */
export async function ask(setting: Setting, question: Question, noteOf?: NoteOf): Promise<HttpResponse> {
  const { recorder, redactor, dialect, clock, held } = setting
  const { request, asked, identity, arrival, signal, track, trail } = question
  const slot = recorder?.take(identity.fingerprint, arrival.order)
  if (slot !== undefined) trail?.slots.push(slot)
  const settle = question.journal.add(
    {
      method: asked.method,
      path: asked.path,
      outcome: 'pending',
      ...(question.note !== undefined && { reason: question.note }),
    },
    trail?.journal,
  )
  const abort = new AbortController()
  const leave = (): void => abort.abort()
  signal?.addEventListener('abort', leave, { once: true })
  const base = setting.base.explicit ? setting.base.url : (request.origin ?? setting.base.url)
  const signals = AbortSignal.any([abort.signal, question.stopped])
  const answered = runAsking(() => setting.upstream.send(base, authorized(setting, base, request), signals))
  track(answered.then(noop, noop))
  try {
    const response = await answered
    signal?.removeEventListener('abort', leave)
    settle({ status: response.status, ...noteOf?.(response.headers) })
    const openLarge = (): LargeContent => {
      redactor.learnFromResponse(response.headers)
      return held.open()
    }
    const tap = new Tap(response, { dialect, openLarge })
    const where = redactor.text(base)
    let isCounted = false
    const count = (heard: RecordedResponse): void => {
      if (!isCounted) question.usage.answer(asked, heard, where)
      isCounted = true
    }
    const exchange = { asked, identity, slot, base: where, response, tap, settle, count }
    const { body, ended } = relay(response.body, {
      hear: (packet) => {
        const hearing = tap.hear(packet, Math.round(clock.now() - arrival.at))
        // Whoever has read its stream may ask what it used: the upstream closes later, if at all.
        if (tap.final && !isCounted) countOrLeave(exchange)
        return hearing
      },
      // A client that asks again throws the error away unread.
      isFinal: () => tap.final || response.status >= 400,
      abort: leave,
      stopped: question.stopped,
    })
    const said = (ending: Ending): Ending =>
      ending.kind === 'broken' && question.stopped.aborted ? { kind: 'stopped' } : ending
    track(ended.then((ending) => keepOrSay(setting, exchange, said(ending))))
    return { status: response.status, headers: withoutHeaders(response.headers, HOP_BY_HOP), body }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const reason = redactor.text(error.message)
    if (signal?.aborted) settle({ outcome: 'dropped', reason: 'the client left' })
    else {
      settle({ outcome: 'failed', reason })
      setting.warn(`${asked.method} ${asked.path}: ${reason}`)
    }
    throw new UpstreamError(reason, error.code)
  }
}

/** The request as it is sent to `to`. */
export function authorized<R extends OutgoingRequest>(
  { dialect, base, env }: Setting,
  to: string,
  request: R,
): R {
  return dialect.authorize(request, { url: to, explicit: base.explicit }, env)
}

/** A live answer keeps its date; all else that belongs to the upstream's connection stays behind. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([...CONNECTION_HEADERS].filter((name) => name !== 'date'))

function noop(): void {}
