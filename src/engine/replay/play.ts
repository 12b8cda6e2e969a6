import { bodyBytes } from '../../cassette/bodies/body.ts'
import { encodeText } from '../../http/bytes.ts'
import type { BlobBody, RecordedResponse, ResponseBody, StreamEvent } from '../../cassette/cassette.ts'
import { UsageError } from '../../messages/errors.ts'
import type { HttpResponse } from '../../http/message.ts'
import { LARGE } from '../../http/large.ts'
import { dueAfter, type Timing } from './timing.ts'
import type { HeldBlobs } from '../request/spooled-blobs.ts'
import type { Clock, Store } from '../ports.ts'

/** A recorded response as an answer, its events when they are due. */
export async function play(
  response: RecordedResponse,
  {
    timing,
    clock,
    store,
    held,
    signal,
  }: {
    timing: Timing
    clock: Clock
    store: Pick<Store, 'readBlob' | 'openBlob'>
    /** Large bodies of this run. */
    held: Pick<HeldBlobs, 'get'>
    signal?: AbortSignal | undefined
  },
): Promise<HttpResponse> {
  const { status, headers, body } = response
  const started = clock.now()
  const wait = async (offset: number, index?: number): Promise<void> => {
    const due = dueAfter(timing, offset, index)
    if (due === 0) return
    const ms = started + due - clock.now()
    if (ms > 0) await clock.sleep(ms, signal)
  }
  if (body.kind === 'events') {
    if (timing === 'instant' && !response.truncated) return { status, headers, body: packets(body.events) }
    return { status, headers, body: inTime(body.events, wait, response.truncated === true) }
  }
  if (body.kind === 'frames') {
    throw new UsageError('a plain request matches a recorded WebSocket: let its headers and its method count')
  }
  await wait(response.after ?? 0)
  const all = body.kind === 'blob' ? await blobOf(body, store, held) : bytesOf(body)
  return { status, headers, body: response.truncated ? cutOff(all) : all }
}

async function blobOf(
  { sha256, size }: BlobBody,
  store: Pick<Store, 'readBlob' | 'openBlob'>,
  held: Pick<HeldBlobs, 'get'>,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  return held.get(sha256)?.read() ?? (size > LARGE ? store.openBlob(sha256) : store.readBlob(sha256))
}

const whole = new WeakMap<ResponseBody, Uint8Array>()

/** Encoded once: equal requests get the same bytes. */
function bytesOf(body: Exclude<ResponseBody, { kind: 'blob' | 'frames' }>): Uint8Array {
  const bytes = whole.get(body) ?? bodyBytes(body)
  whole.set(body, bytes)
  return bytes
}

const encoded = new WeakMap<readonly StreamEvent[], readonly Uint8Array[]>()

function packets(events: readonly StreamEvent[]): readonly Uint8Array[] {
  const known = encoded.get(events)
  if (known !== undefined) return known
  const bytes = events.map((event) => encodeText(event.raw))
  encoded.set(events, bytes)
  return bytes
}

async function* inTime(
  events: readonly StreamEvent[],
  wait: (offset: number, index: number) => Promise<void>,
  truncated: boolean,
): AsyncGenerator<Uint8Array> {
  for (const [i, packet] of packets(events).entries()) {
    await wait((events[i] as StreamEvent).offset, i)
    yield packet
  }
  if (truncated) throw cut()
}

async function* cutOff(body: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (ArrayBuffer.isView(body)) yield body
  else yield* body
  throw cut()
}

function cut(): Error {
  return new Error('the connection broke here when this was recorded')
}
