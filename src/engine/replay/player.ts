import { bodyBytes } from '../../cassette/bodies/body.ts'
import type { BlobBody, RecordedResponse, ResponseBody, StreamEvent } from '../../cassette/cassette.ts'
import { encodeText } from '../../http/bytes.ts'
import { LARGE } from '../../http/large.ts'
import type { Headers, HttpResponse } from '../../http/message.ts'
import { UsageError } from '../../messages/errors.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { AnswerOrLater, Client, Exchange } from '../exchange/exchange.ts'
import type { Entry } from '../library/catalog.ts'
import { dueAfter } from '../timing.ts'

/** The answer of a recorded interaction. It awaits nothing where the body is in memory and due at once. */
export function replay(
  context: SessionContext,
  { request, client }: Exchange,
  { interaction: { response } }: Entry,
): AnswerOrLater<HttpResponse> {
  const { status, body } = response
  const { dialect } = context.dependencies
  const { timing } = context.options
  const headers =
    timing === 'instant'
      ? dialect.responses.withoutWaits(request.method, status, response.headers)
      : response.headers
  if (body.kind === 'frames')
    throw new UsageError(
      'a plain HTTP request matched a recorded WebSocket: let the matchers compare the method and headers',
    )
  if (body.kind === 'events')
    return { status, headers, body: eventBody(context, client, { ...response, body }) }
  const isDue = timing === 'instant' || dueAfter(timing, response.after ?? 0) === 0
  if (isDue && body.kind !== 'blob' && !response.truncated) return { status, headers, body: bytesOf(body) }
  return laterBody(context, client, response, headers)
}

async function laterBody(
  context: SessionContext,
  client: Client,
  response: RecordedResponse,
  headers: Headers,
): Promise<HttpResponse> {
  const { status, body, after = 0, truncated } = response
  await waiter(context, client)(after)
  const whole = body.kind === 'blob' ? await blobOf(body, context) : bytesOf(body as InlineBody)
  return { status, headers, body: truncated ? cutOff(whole) : whole }
}

function eventBody(
  context: SessionContext,
  client: Client,
  { body: { events }, truncated }: RecordedResponse & { readonly body: { readonly kind: 'events' } },
): HttpResponse['body'] {
  if (context.options.timing === 'instant' && !truncated) return packetsOf(events)
  return inTime(events, waiter(context, client), truncated === true)
}

type Wait = (offset: number, index?: number) => Promise<void>

/** Waits until something is due, counted from now. */
function waiter({ dependencies: { clock }, options: { timing } }: SessionContext, client: Client): Wait {
  const started = clock.now()
  return async (offset, index) => {
    const due = dueAfter(timing, offset, index)
    const ms = due === 0 ? 0 : started + due - clock.now()
    if (ms > 0) await clock.sleep(ms, client.signal)
  }
}

function blobOf(
  { sha256, size }: BlobBody,
  { library, dependencies: { store } }: SessionContext,
): AnswerOrLater<Uint8Array | AsyncIterable<Uint8Array>> {
  const spooled = library.spooled.get(sha256)
  return spooled?.read() ?? (size > LARGE ? store.openBlob(sha256) : store.readBlob(sha256))
}

type InlineBody = Exclude<ResponseBody, { kind: 'blob' | 'frames' }>

const encodedBodies = new WeakMap<ResponseBody, Uint8Array>()

/** Encoded once, because equal requests get the same bytes. */
function bytesOf(body: InlineBody): Uint8Array {
  const bytes = encodedBodies.get(body) ?? bodyBytes(body)
  encodedBodies.set(body, bytes)
  return bytes
}

const encodedEvents = new WeakMap<readonly StreamEvent[], readonly Uint8Array[]>()

function packetsOf(events: readonly StreamEvent[]): readonly Uint8Array[] {
  const known = encodedEvents.get(events)
  if (known !== undefined) return known
  const packets = events.map((event) => encodeText(event.raw))
  encodedEvents.set(events, packets)
  return packets
}

async function* inTime(
  events: readonly StreamEvent[],
  wait: Wait,
  truncated: boolean,
): AsyncGenerator<Uint8Array> {
  for (const [i, packet] of packetsOf(events).entries()) {
    await wait((events[i] as StreamEvent).offset, i)
    yield packet
  }
  if (truncated) throw connectionBroke()
}

async function* cutOff(body: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (ArrayBuffer.isView(body)) yield body
  else yield* body
  throw connectionBroke()
}

function connectionBroke(): Error {
  return new Error('the connection broke at this point of the recording')
}
