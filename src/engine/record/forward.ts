import type { OutgoingRequest, Headers, HttpResponse } from '../../http/message.ts'
import { CONNECTION_HEADERS, withoutHeaders } from '../../http/message.ts'
import { baseOf, type SessionContext } from '../exchange/context.ts'
import type { OpenExchange } from '../exchange/open-exchange.ts'
import type { InFlight } from '../in-flight.ts'
import { UpstreamError } from '../ports.ts'
import { commit, countEarly, type Recording } from './commit.ts'
import { authorized, type ForwardContext, recordedBase, type Send, slotOf } from './outgoing.ts'
import { type Ending, relay } from './relay.ts'
import { Tap } from './tap.ts'

/**
 * Forwards a request to the upstream. The client gets the bytes as they arrive, and the recorder gets a copy.
 * @param send replaces the sending, where the upstream has answered already
 * @throws UpstreamError when no answer came
 */
export async function forward(
  context: ForwardContext,
  x: OpenExchange,
  send: Send = (signal) => sendUpstream(context, x.request, signal),
): Promise<HttpResponse> {
  const works: Promise<void>[] = []
  const track = (work: Promise<void>): void => {
    works.push(work)
    context.inFlight.track(work)
  }
  try {
    return await forwardTracked(context, x, send, track)
  } finally {
    void Promise.allSettled(works).then(() => x.finish())
  }
}

async function forwardTracked(
  context: ForwardContext,
  x: OpenExchange,
  send: Send,
  track: InFlight['track'],
): Promise<HttpResponse> {
  const { stopped } = context.inFlight
  const slot = slotOf(context, x)
  x.journal({ path: x.recorded.path, ...(x.note !== undefined && { reason: x.note }) })
  const abort = new AbortController()
  const leave = (): void => abort.abort()
  const { signal } = x.client
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  const answered = send(AbortSignal.any([abort.signal, stopped]))
  track(answered.then(noop, noop))
  try {
    const response = await answered
    // The client has the head of its answer. From now on it leaves by cancelling the body.
    signal.removeEventListener('abort', leave)
    x.journal({ status: response.status })
    const tap = tapOn(context, response.headers)
    const recording: Recording = { x, slot, base: recordedBase(context, x), response, tap }
    const { body, ended } = relay(response.body, {
      tap: (packet) => {
        const tapped = tap.add(packet, Math.round(context.dependencies.clock.now() - x.arrival.at))
        // A client may read the usage at the end of a stream, and the upstream closes later, if at all.
        if (tap.final && !x.isCounted) countEarly(recording)
        return tapped
      },
      // A client that retries a request discards the error's body unread.
      isFinal: () => tap.final || response.status >= 400,
      abort: leave,
      stopped,
    })
    const endingOf = (ending: Ending): Ending =>
      ending.kind === 'broken' && stopped.aborted ? { kind: 'stopped' } : ending
    track(ended.then((ending) => commit(context, recording, endingOf(ending))))
    return { status: response.status, headers: withoutHeaders(response.headers, HOP_BY_HOP), body }
  } catch (error) {
    throw failed(context, x, error)
  }
}

function sendUpstream(context: SessionContext, request: OutgoingRequest, signal: AbortSignal) {
  const base = baseOf(context, request)
  return context.dependencies.upstream.send(base, authorized(context, base, request), signal)
}

function tapOn({ dependencies: { dialect }, library }: SessionContext, headers: Headers): Tap {
  const openLarge = () => {
    library.redactor.learnFromResponse(headers)
    return library.spooled.open()
  }
  return new Tap(headers, { dialect, openLarge })
}

function failed({ library, dependencies }: SessionContext, x: OpenExchange, error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error
  const reason = library.redactor.text(error.message)
  if (x.client.signal.aborted) x.journal({ outcome: 'dropped', reason: 'the client left' })
  else {
    x.journal({ outcome: 'failed', reason })
    dependencies.warn(`${x.recorded.method} ${x.recorded.path}: ${reason}`)
  }
  return new UpstreamError(reason, error.code)
}

/** Removes headers that concern the upstream's connection only. A live answer keeps its date. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([...CONNECTION_HEADERS].filter((name) => name !== 'date'))

function noop(): void {}
