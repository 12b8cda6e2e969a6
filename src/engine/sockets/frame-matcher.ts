import type { Dialect } from '../../api/dialect.ts'
import type { FrameContent, RecordedRequest, RequestBody } from '../../cassette/cassette.ts'
import { extractBase64 } from '../../cassette/notation/frame-blobs.ts'
import { isJsonObject, parseJson } from '../../json/json.ts'
import { fingerprintOf, type Identify, type Parts } from '../../match/identity.ts'
import { type IdShapes, type WithoutIds, withoutIds } from '../../match/generated-ids.ts'
import { addPair, type IdPair, noPairs, pairIds } from '../../match/id-pairs.ts'
import type { SocketData } from '../../http/web-socket.ts'

/** The content of a frame, as a cassette has it. */
export function contentOf(data: SocketData): FrameContent {
  return typeof data === 'string' ? { kind: 'text', text: data } : { kind: 'binary', bytes: data }
}

/**
 * Compares a client's frames with the recorded ones as requests are compared, but for the
 * event ids that clients make up, and aligns the other ids that they generate.
 */
export class FrameMatcher {
  readonly #handshake: RecordedRequest
  readonly #identify: Identify
  readonly #align: boolean
  readonly #shapes: Dialect['shapes']
  readonly #pairs = noPairs()

  constructor(handshake: RecordedRequest, identify: Identify, align: boolean, shapes: Dialect['shapes']) {
    this.#handshake = handshake
    this.#identify = identify
    this.#align = align
    this.#shapes = shapes
  }

  /** What of a frame is compared. */
  partsOf(content: FrameContent): Parts {
    const { parts } = this.#identify({ ...this.#handshake, body: bodyOf(content) })
    const { body } = parts
    if (!isJsonObject(body) || !('event_id' in body)) return parts
    const { event_id: _, ...rest } = body
    return { ...parts, body: rest }
  }

  /** @param sent what the server has sent so far: ids in it must match literally */
  matches(recorded: Parts, received: Parts, sent: readonly string[]): boolean {
    const { secrets, ids } = this.#shapes
    const { placeholders } = secrets
    if (fingerprintOf(recorded, placeholders) === fingerprintOf(received, placeholders)) return true
    if (!this.#align) return false
    const [before, now] = [idsOut(recorded, ids), idsOut(received, ids)]
    if (before === undefined || now === undefined) return false
    const wasSent = (pair: IdPair): boolean =>
      sent.some((text) => text.includes(pair.received) || text.includes(pair.recorded))
    const pairs = pairIds(this.#pairs, now, before, wasSent)
    for (const pair of pairs ?? []) addPair(this.#pairs, pair)
    return pairs !== undefined
  }
}

function bodyOf(content: FrameContent): RequestBody {
  if (content.kind === 'binary' || content.kind === 'blob') return content
  const { text } = content.kind === 'text' ? extractBase64(content) : content
  return parseJson(text) === undefined ? { kind: 'text', text } : { kind: 'json', text }
}

/** The item of an event has an id like one in a list, and so a client may have generated it. */
function idsOut(parts: Parts, shapes: IdShapes): WithoutIds | undefined {
  const { body } = parts
  if (!isJsonObject(body) || !isJsonObject(body['item'])) return withoutIds(parts, shapes)
  const { item, ...rest } = body
  return withoutIds({ ...parts, body: { ...rest, input: [item] } }, shapes)
}
