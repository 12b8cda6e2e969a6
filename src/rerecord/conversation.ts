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

/** A recorded WebSocket conversation, and the dependencies to repeat it. */
export interface Conversation {
  readonly target: RecordingTarget
  readonly store: Pick<Store, 'readBlob'>
  readonly clock: Clock
  readonly support: Pick<RerecordSupport, 'milestone'>
  readonly signal: AbortSignal
  readonly body: FramesBody
  readonly origin: string
  readonly headers: Headers
  /** Returns the request to send: the handshake for turn 0, the client's messages from turn 1. */
  readonly request: (turn: number) => RecordedRequest
  /** Receives what the server sent in response to a turn. */
  readonly learn: (turn: number, frames: FramesBody['frames']) => Divergence | undefined
}

export interface ConversationResult {
  /** The new recording, which may be incomplete; undefined if nothing was recorded. */
  readonly interaction: Interaction | undefined
  /** Why the conversation did not reach its end; undefined if it did. */
  readonly reason: string | undefined
  readonly divergence: Divergence | undefined
}

/** Maximum wait for the server's next message, in ms. Models send nothing while they reason. */
const MAX_WAIT = 5 * 60_000

/**
 * Repeats a recorded conversation. Each client message waits for the server messages that preceded it in the recording:
 * a message after `response.done` is only sent once the new `response.done` has arrived.
 */
export async function repeatConversation(conversation: Conversation): Promise<ConversationResult> {
  const { target, signal, request: requestOf, origin, headers } = conversation
  const scope = new Scope()
  const session = target.openSession()
  const { path, headers: recorded } = requestOf(0)
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
  await session.settle(signal.aborted ? 0 : CLOSE_TIMEOUT)
  const [interaction] = target.library.recordedFor(scope)
  const whyUnrecorded =
    interaction === undefined ? (scope.journal.at(-1)?.reason ?? 'nothing was recorded') : undefined
  return { interaction, reason: end.reason ?? whyUnrecorded, divergence: end.divergence }
}

/** Maximum wait for the server to close its side, in ms. */
const CLOSE_TIMEOUT = 10_000

interface ConversationEnd {
  readonly reason?: string
  readonly divergence?: Divergence
}

/** Reads the response to a refused handshake. */
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
  const closeWith = (end: ConversationEnd): ConversationEnd => {
    client.onClose(NO_CODE, '')
    return end
  }
  let turn = 0
  for (const [i, frame] of [...body.frames, undefined].entries()) {
    if (frame?.from === 'server') continue
    const milestone = milestones[i]
    const failure = await waitFor(milestone, progress, conversation)
    if (failure !== undefined) return closeWith(failure)
    const divergence = learn(turn, frame === undefined ? progress.takeAll() : progress.take(milestone))
    if (divergence !== undefined) return closeWith({ divergence: inTurn(turn, divergence) })
    if (frame !== undefined) client.onMessage(await dataOf(request(++turn), conversation))
  }
  if (body.close?.from === 'client') client.onClose(body.close.code ?? NO_CODE, body.close.reason)
  else if (!(await isClosedByServer(progress, conversation))) return closeWith({ reason: NOT_CLOSED })
  return {}
}

const NOT_CLOSED = 'the server did not close the WebSocket, although it did in the recording'

function inTurn(turn: number, divergence: Divergence): Divergence {
  const where = turn === 0 ? 'before the first frame of the client' : `after frame ${turn} of the client`
  return { ...divergence, message: `${where}, ${divergence.message}` }
}

/** @returns why the conversation has to end; undefined once the server has reached the milestone */
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
    if (!(await nextWithinMaxWait(progress, clock, signal)))
      return { reason: `${what} did not arrive within ${MAX_WAIT / 60_000} minutes` }
  }
}

async function isClosedByServer(progress: ServerProgress, { clock, signal }: Conversation): Promise<boolean> {
  while (!progress.isClosed && !signal.aborted && (await nextWithinMaxWait(progress, clock, signal)));
  return progress.isClosed
}

/** Resolves to false if no message or close arrives within MAX_WAIT. An abort resolves to true. */
async function nextWithinMaxWait(
  progress: ServerProgress,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const timer = new AbortController()
  const timeout = clock.sleep(MAX_WAIT, AbortSignal.any([timer.signal, signal])).then(() => signal.aborted)
  const arrived = await Promise.race([progress.next().then(() => true), timeout])
  timer.abort()
  return arrived
}

async function dataOf({ body }: RecordedRequest, { store }: Conversation): Promise<SocketData> {
  if (body.kind === 'binary') return body.bytes
  if (body.kind === 'blob') return store.readBlob(body.sha256)
  const text = body.kind === 'json' || body.kind === 'text' ? body.text : ''
  const blobs = new Map<string, Uint8Array>()
  for (const name of blobRefs(text)) blobs.set(name, await store.readBlob(name))
  return restoreBase64({ kind: 'text-with-blobs', text }, blobs)
}
