import type { FramesBody, Interaction, RecordedRequest } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import { restoreBase64, blobRefs } from '../cassette/notation/frame-blobs.ts'
import type { Headers, HttpRequest } from '../http/message.ts'
import type { Divergence } from './rewire/divergence.ts'
import { arrive } from '../engine/arrival.ts'
import type { Clock, Store } from '../engine/ports.ts'
import { NO_CODE, type OpenSocket, type SocketData } from '../http/web-socket.ts'
import type { Source } from '../vcr/library.ts'
import { Trail } from '../engine/scope.ts'
import { Heard, type Landmark, landmarksOf } from './heard.ts'

/** A recorded conversation that is led again. */
export interface Conversation {
  readonly source: Source
  readonly store: Pick<Store, 'readBlob'>
  readonly clock: Clock
  readonly again: RerecordSupport
  readonly signal: AbortSignal
  readonly body: FramesBody
  readonly origin: string
  readonly headers: Headers
  /** The handshake for 0, and the client's frames from 1, as they are to be sent now. */
  readonly turn: (n: number) => RecordedRequest
  /** Takes what the server said in a turn, as a frames' body. */
  readonly learn: (n: number, said: FramesBody['frames']) => Divergence | undefined
}

export interface Conversed {
  /** What is recorded of it, whole or not. */
  readonly interaction: Interaction | undefined
  /** Why it did not come to its end. */
  readonly reason: string | undefined
  readonly divergence: Divergence | undefined
}

/** So long is waited for the next that the server says, in ms: models that think say nothing meanwhile. */
const LONGEST = 5 * 60_000

/**
 * Leads a conversation again. It is causal: what the client said after the server's `response.done` is said after
 * that has come, and no sooner.
 */
export async function converse(conversation: Conversation): Promise<Conversed> {
  const { source, clock, signal, turn, origin, headers } = conversation
  const trail = new Trail()
  const session = source.session('error')
  const { path: target, headers: kept } = turn(0)
  const request: HttpRequest = {
    method: 'GET',
    target,
    headers: [...kept.filter(([name]) => name !== 'upgrade'), ...headers],
    body: new Uint8Array(0),
    origin,
  }
  const opening = await session.connect(request, arrive(clock), signal, trail)
  const ended =
    opening.kind === 'open' ? await talk(conversation, opening) : await read(opening.response.body)
  await session.settle(signal.aborted ? 0 : CLOSING)
  const [interaction] = source.recorded(trail)
  const lost =
    interaction === undefined ? (trail.journal.at(-1)?.reason ?? 'nothing of it was recorded') : undefined
  return { interaction, reason: ended.reason ?? lost, divergence: ended.divergence }
}

/** So long is waited for the server's end of a closing, in ms. */
const CLOSING = 10_000

interface Ended {
  readonly reason?: string
  readonly divergence?: Divergence
}

/** A handshake that was refused. */
async function read(body: unknown): Promise<Ended> {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
    for await (const _ of body as AsyncIterable<Uint8Array>);
  return {}
}

async function talk(conversation: Conversation, opening: OpenSocket): Promise<Ended> {
  const { body, again, turn, learn } = conversation
  const heard = new Heard(again)
  const client = opening.attach(heard)
  const landmarks = landmarksOf(body, again)
  const leave = (why: Ended): Ended => {
    client.onClose(NO_CODE, '')
    return why
  }
  let said = 0
  for (const [i, frame] of [...body.frames, undefined].entries()) {
    if (frame?.from === 'server') continue
    const upTo = landmarks[i]
    const reason = await waited(heard, upTo, conversation)
    if (reason !== undefined) return leave(reason)
    const divergence = learn(said, frame === undefined ? heard.takeAll() : heard.take(upTo))
    if (divergence !== undefined) return leave({ divergence: after(said, divergence) })
    if (frame !== undefined) client.onMessage(await dataOf(turn(++said), conversation))
  }
  if (body.close?.from === 'client') client.onClose(body.close.code ?? NO_CODE, body.close.reason)
  else if (!(await closedBy(heard, conversation))) return leave({ reason: NOT_CLOSED })
  return {}
}

const NOT_CLOSED = 'the server did not close the conversation, as it did in the recording'

function after(said: number, divergence: Divergence): Divergence {
  const where = said === 0 ? 'before the client spoke' : `after frame ${said} of the client's`
  return { ...divergence, message: `${where}, ${divergence.message}` }
}

/** Waits until the server is as far as it was. Says why it need not wait on. */
async function waited(
  heard: Heard,
  landmark: Landmark | undefined,
  { clock, signal }: Conversation,
): Promise<Ended | undefined> {
  for (;;) {
    const error = heard.errorBeyond(landmark)
    if (error !== undefined) return { reason: `the server said ${error.slice(0, 300)}` }
    if (heard.hasReached(landmark)) return undefined
    const what = `'${landmark?.type}'`
    if (heard.isClosed) return { reason: `the server closed the conversation before ${what}` }
    if (signal.aborted) return { reason: 'it was stopped' }
    if (!(await somethingComes(heard, clock, signal)))
      return { reason: `${what} did not come within ${LONGEST / 60_000} minutes` }
  }
}

async function closedBy(heard: Heard, { clock, signal }: Conversation): Promise<boolean> {
  while (!heard.isClosed && !signal.aborted && (await somethingComes(heard, clock, signal)));
  return heard.isClosed
}

async function somethingComes(heard: Heard, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const timer = new AbortController()
  const late = clock.sleep(LONGEST, AbortSignal.any([timer.signal, signal])).then(() => signal.aborted)
  const comes = await Promise.race([heard.next().then(() => true), late])
  timer.abort()
  return comes
}

async function dataOf({ body }: RecordedRequest, { store }: Conversation): Promise<SocketData> {
  if (body.kind === 'binary') return body.bytes
  if (body.kind === 'blob') return store.readBlob(body.sha256)
  const text = body.kind === 'json' || body.kind === 'text' ? body.text : ''
  const blobs = new Map<string, Uint8Array>()
  for (const name of blobRefs(text)) blobs.set(name, await store.readBlob(name))
  return restoreBase64({ kind: 'text-with-blobs', text }, blobs)
}
