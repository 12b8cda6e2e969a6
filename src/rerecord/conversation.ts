import type { FramesBody, Interaction, RecordedRequest } from '../cassette/cassette.ts'
import type { RerecordSupport } from '../api/dialect.ts'
import { restoreBase64, blobRefs } from '../cassette/notation/frame-blobs.ts'
import type { Headers, HttpRequest } from '../http/message.ts'
import type { Divergence } from './rewire/divergence.ts'
import type { Clock, Store } from '../engine/ports.ts'
import { NO_CODE, type OpenSocket, type SocketData } from '../http/web-socket.ts'
import { Scope } from '../engine/scope.ts'
import type { RecordingTarget } from './retry.ts'
import { type Milestone, milestonesIn, ServerProgress } from './server-progress.ts'

/** A recorded conversation over a WebSocket, and what it takes to hold it again. */
export interface Conversation {
  readonly target: RecordingTarget
  readonly store: Pick<Store, 'readBlob'>
  readonly clock: Clock
  readonly support: Pick<RerecordSupport, 'milestone'>
  readonly signal: AbortSignal
  readonly body: FramesBody
  readonly origin: string
  readonly headers: Headers
  /** As it is to be sent now: the handshake for 0, and the client's messages from 1. */
  readonly request: (turn: number) => RecordedRequest
  /** Takes what the server sent in answer to a turn. */
  readonly learn: (turn: number, frames: FramesBody['frames']) => Divergence | undefined
}

export interface ConversationResult {
  /** What was recorded of it, complete or not. */
  readonly interaction: Interaction | undefined
  /** Why it did not come to its end; undefined if it did. */
  readonly reason: string | undefined
  readonly divergence: Divergence | undefined
}

/** For the server's next message, in ms: models that think send nothing meanwhile. */
const MAX_WAIT = 5 * 60_000

/**
 * Holds a conversation again. A message that the client sent after the server's `response.done` is sent once the new
 * `response.done` has arrived, and no sooner.
 */
export async function holdConversation(conversation: Conversation): Promise<ConversationResult> {
  const { target, signal, request: requestFor, origin, headers } = conversation
  const scope = new Scope()
  const session = target.openSession()
  const { path, headers: recorded } = requestFor(0)
  const request: HttpRequest = {
    method: 'GET',
    target: path,
    headers: [...recorded.filter(([name]) => name !== 'upgrade'), ...headers],
    body: new Uint8Array(0),
    origin,
  }
  const opening = await session.connect(request, {
    arrival: target.arrivals.next(),
    client: { signal },
    scope,
  })
  const end =
    opening.kind === 'open'
      ? await exchangeMessages(conversation, opening)
      : await readRefusal(opening.response.body)
  await session.settle(signal.aborted ? 0 : CLOSING_TIME)
  const [interaction] = target.library.recordedFor(scope)
  const whyUnrecorded =
    interaction === undefined ? (scope.journal.at(-1)?.reason ?? 'nothing was recorded') : undefined
  return { interaction, reason: end.reason ?? whyUnrecorded, divergence: end.divergence }
}

/** For the server to close its side, in ms. */
const CLOSING_TIME = 10_000

interface ConversationEnd {
  readonly reason?: string
  readonly divergence?: Divergence
}

/** Reads the answer to a handshake that was refused. */
async function readRefusal(body: unknown): Promise<ConversationEnd> {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
    for await (const _ of body as AsyncIterable<Uint8Array>);
  return {}
}

async function exchangeMessages(conversation: Conversation, opening: OpenSocket): Promise<ConversationEnd> {
  const { body, support, request, learn } = conversation
  const progress = new ServerProgress(support)
  const client = opening.attach(progress)
  const milestones = milestonesIn(body, support)
  const leave = (why: ConversationEnd): ConversationEnd => {
    client.onClose(NO_CODE, '')
    return why
  }
  let turn = 0
  for (const [i, frame] of [...body.frames, undefined].entries()) {
    if (frame?.from === 'server') continue
    const milestone = milestones[i]
    const giveUp = await waitFor(milestone, progress, conversation)
    if (giveUp !== undefined) return leave(giveUp)
    const divergence = learn(turn, frame === undefined ? progress.takeAll() : progress.take(milestone))
    if (divergence !== undefined) return leave({ divergence: inTurn(turn, divergence) })
    if (frame !== undefined) client.onMessage(await dataOf(request(++turn), conversation))
  }
  if (body.close?.from === 'client') client.onClose(body.close.code ?? NO_CODE, body.close.reason)
  else if (!(await isClosedByServer(progress, conversation))) return leave({ reason: NOT_CLOSED })
  return {}
}

const NOT_CLOSED = 'the server did not close the WebSocket, although it did in the recording'

function inTurn(turn: number, divergence: Divergence): Divergence {
  const where = turn === 0 ? 'before the first frame of the client' : `after frame ${turn} of the client`
  return { ...divergence, message: `${where}, ${divergence.message}` }
}

/** @returns why it gives up; undefined once the server has reached the milestone */
async function waitFor(
  milestone: Milestone | undefined,
  progress: ServerProgress,
  { clock, signal }: Conversation,
): Promise<ConversationEnd | undefined> {
  for (;;) {
    const error = progress.errorSince(milestone)
    if (error !== undefined) return { reason: `the server sent an error: ${error.slice(0, 300)}` }
    if (progress.hasReached(milestone)) return undefined
    const what = `'${milestone?.type}'`
    if (progress.isClosed) return { reason: `the server closed the WebSocket before it sent ${what}` }
    if (signal.aborted) return { reason: 'it was stopped' }
    if (!(await nextInTime(progress, clock, signal)))
      return { reason: `${what} did not arrive within ${MAX_WAIT / 60_000} minutes` }
  }
}

async function isClosedByServer(progress: ServerProgress, { clock, signal }: Conversation): Promise<boolean> {
  while (!progress.isClosed && !signal.aborted && (await nextInTime(progress, clock, signal)));
  return progress.isClosed
}

/** Whether a message or a close arrives in time. An abort counts as in time. */
async function nextInTime(progress: ServerProgress, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const timer = new AbortController()
  const late = clock.sleep(MAX_WAIT, AbortSignal.any([timer.signal, signal])).then(() => signal.aborted)
  const comes = await Promise.race([progress.next().then(() => true), late])
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
