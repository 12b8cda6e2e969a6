import type { RecordedResponse, ResponseBody } from '../../cassette/cassette.ts'
import { isJsonType, readEvents, readResponseBody } from '../../cassette/bodies/body.ts'
import { decodeText, joinBytes } from '../../http/bytes.ts'
import type { Dialect } from '../../api/dialect.ts'
import { type Headers, headerValue } from '../../http/message.ts'
import { LARGE } from '../../http/large.ts'
import { EventSplitter, isEventStream, readEvent } from '../../http/sse.ts'
import type { LargeContent } from '../request/spool.ts'

/** Copies a response on its way to the client. */
export class Tap {
  readonly #events: { offset: number; bytes: Uint8Array }[] = []
  readonly #packets: Uint8Array[] = []
  readonly #splitter = new EventSplitter()
  readonly #streams: boolean
  /** Held in memory whatever its size, because the answer reader needs it. */
  readonly #isJson: boolean
  readonly #dialect: Dialect
  readonly #openLarge: () => LargeContent
  #large: LargeContent | undefined
  #spooled: ResponseBody | undefined
  #failure: { readonly error: unknown } | undefined
  #size = 0
  #lastOffset = 0
  #final = false

  /** @param openLarge opens a scratch file for content too large for memory */
  constructor(headers: Headers, { dialect, openLarge }: { dialect: Dialect; openLarge: () => LargeContent }) {
    const type = headerValue(headers, 'content-type')
    this.#streams = isEventStream(type)
    this.#isJson = type !== undefined && isJsonType(type)
    this.#dialect = dialect
    this.#openLarge = openLarge
  }

  /** Whether the stream is complete, so that a client that leaves now has received all of it. */
  get final(): boolean {
    return this.#final
  }

  /**
   * @param offset milliseconds since the request
   * @returns a promise where writing takes time. It never rejects: `end` throws the error
   */
  add(packet: Uint8Array, offset: number): Promise<void> | undefined {
    this.#lastOffset = offset
    if (this.#streams) {
      for (const bytes of this.#splitter.push(packet)) this.#addEvent(bytes, offset)
      return undefined
    }
    this.#packets.push(packet)
    this.#size += packet.length
    if (this.#size <= LARGE || this.#isJson) return undefined
    return this.#spool().catch((error: unknown) => void (this.#failure ??= { error }))
  }

  /** Moves the content so far to a scratch file. */
  async #spool(): Promise<void> {
    const packets = this.#packets.splice(0)
    if (this.#failure !== undefined) return
    this.#large ??= this.#openLarge()
    for (const packet of packets) await this.#large.write(packet)
  }

  /** Marks the end of the content. */
  async end(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error
    this.#spooled = await this.#large?.end()
  }

  #addEvent(bytes: Uint8Array, offset: number): void {
    this.#events.push({ offset, bytes })
    const text = decodeText(bytes)
    if (text !== undefined && this.#dialect.responses.isFinalEvent(readEvent(text))) this.#final = true
  }

  /** The copy in the form of a cassette. */
  result(truncated: boolean): Pick<RecordedResponse, 'body' | 'after' | 'truncated'> {
    const body = this.#body()
    return {
      body,
      ...(body.kind === 'events' ? {} : { after: this.#lastOffset }),
      ...(truncated ? { truncated: true as const } : {}),
    }
  }

  #body(): ResponseBody {
    if (this.#spooled !== undefined) return this.#spooled
    if (!this.#streams) return readResponseBody(joinBytes(this.#packets))
    const { rest } = this.#splitter
    const events =
      rest.length > 0 ? [...this.#events, { offset: this.#lastOffset, bytes: rest }] : this.#events
    // An upstream may send JSON with the content type of an event stream. A body without events is not a stream.
    if (this.#events.length === 0) return readResponseBody(joinBytes(events.map(({ bytes }) => bytes)))
    return readEvents(events) ?? readResponseBody(joinBytes(events.map(({ bytes }) => bytes)))
  }
}
