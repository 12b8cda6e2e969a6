import { type RecordedResponse, type ResponseBody } from '../core/cassette.ts'
import { readEvents, readResponseBody } from '../core/body.ts'
import { decodeText } from '../core/bytes.ts'
import type { Dialect } from '../core/dialect.ts'
import { headerValue } from '../core/http.ts'
import { EventSplitter, isEventStream, joinBytes, readEvent } from '../core/sse.ts'
import type { UpstreamResponse } from './ports.ts'

/** Listens to a response on its way to the client and keeps what it heard. */
export class Tap {
  readonly #events: { offset: number; bytes: Uint8Array }[] = []
  readonly #packets: Uint8Array[] = []
  readonly #splitter = new EventSplitter()
  readonly #streams: boolean
  readonly #dialect: Dialect
  #lastOffset = 0
  #final = false

  constructor(response: UpstreamResponse, dialect: Dialect) {
    this.#streams = isEventStream(headerValue(response.headers, 'content-type'))
    this.#dialect = dialect
  }

  /** Whether the stream said all that it has to say, so that a client that leaves has it. */
  get final(): boolean {
    return this.#final
  }

  /** @param offset milliseconds since the request */
  hear(packet: Uint8Array, offset: number): void {
    this.#lastOffset = offset
    if (!this.#streams) this.#packets.push(packet)
    else for (const bytes of this.#splitter.push(packet)) this.#hearEvent(bytes, offset)
  }

  #hearEvent(bytes: Uint8Array, offset: number): void {
    this.#events.push({ offset, bytes })
    const text = decodeText(bytes)
    if (text !== undefined && this.#dialect.isFinalEvent(readEvent(text))) this.#final = true
  }

  /** What was heard, as a cassette keeps it. */
  result(truncated: boolean): Pick<RecordedResponse, 'body' | 'after' | 'truncated'> {
    const body = this.#body()
    return {
      body,
      ...(body.kind === 'events' ? {} : { after: this.#lastOffset }),
      ...(truncated ? { truncated: true as const } : {}),
    }
  }

  #body(): ResponseBody {
    if (!this.#streams) return readResponseBody(joinBytes(this.#packets))
    const { rest } = this.#splitter
    const events =
      rest.length > 0 ? [...this.#events, { offset: this.#lastOffset, bytes: rest }] : this.#events
    // An upstream may answer JSON under an event stream's type: with no event in it, it is no stream.
    if (this.#events.length === 0) return readResponseBody(joinBytes(events.map(({ bytes }) => bytes)))
    return readEvents(events) ?? readResponseBody(joinBytes(events.map(({ bytes }) => bytes)))
  }
}
