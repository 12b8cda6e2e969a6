import { iteratorOf } from '../../http/body.ts'
import { decodeText, encodeText, joinBytes } from '../../http/bytes.ts'
import { ConnectionError } from '../../messages/errors.ts'
import { corrupted } from './corrupt.ts'
import type { StreamFault } from './rules.ts'
import { type HttpResponse, headerValue } from '../../http/message.ts'
import { EventSplitter, isEventStream } from '../../http/sse.ts'

export interface FaultyBodyOptions {
  /** Waits; returns early when the session closes or the client leaves. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Events that end a stream with an error. */
  readonly errorEvents: (sent: readonly string[]) => readonly string[]
  /** Whether the rest is read although the client does not get it, because it is recorded. */
  readonly readsOn: boolean
  /** Called once, with whether the client received all of it. */
  readonly ended: (whole: boolean) => void
}

/** An answer that a fault damages while it is sent. */
export function faulty(response: HttpResponse, fault: StreamFault, options: FaultyBodyOptions): HttpResponse {
  const isStream = isEventStream(headerValue(response.headers, 'content-type'))
  return { ...response, body: new FaultyBody(response.body, isStream, fault, options) }
}

/** Not a generator, because a generator that waits for its next piece cannot react to a client that leaves. */
class FaultyBody implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #pieces: Pieces
  readonly #fault: StreamFault
  readonly #options: FaultyBodyOptions
  readonly #left = new AbortController()
  readonly #sent: string[] = []
  /** The parts of the error event that are still to be sent, once it has begun. */
  #last: Uint8Array[] | undefined
  #number = 0
  #isOver = false

  constructor(body: HttpResponse['body'], isStream: boolean, fault: StreamFault, options: FaultyBodyOptions) {
    this.#pieces = new Pieces(body, isStream)
    this.#fault = fault
    this.#options = options
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const fault = this.#fault
    if (this.#last !== undefined) return this.#nextOf(this.#last)
    if (this.#isOver) return DONE
    if (fault.kind === 'cut' && fault.after === this.#number) {
      this.#dropRest()
      throw new ConnectionError(`the connection broke after event ${fault.after}`, 'ECONNRESET')
    }
    if (fault.kind === 'stall' && fault.after === this.#number)
      await this.#options.sleep(fault.ms, this.#left.signal)
    if (fault.kind === 'errorEvent' && fault.at === this.#number + 1) {
      this.#dropRest()
      this.#last = this.#options.errorEvents(this.#sent).map((each) => encodeText(each))
      return this.#nextOf(this.#last)
    }
    const piece = this.#left.signal.aborted ? undefined : await this.#nextPiece()
    if (piece === undefined) {
      this.#end(!this.#left.signal.aborted)
      return DONE
    }
    this.#number++
    if (fault.kind === 'errorEvent') this.#sent.push(decodeText(piece) ?? '')
    return { done: false, value: this.#corrupted(piece) }
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#isOver) {
      this.#left.abort()
      this.#pieces.leave()
      this.#end(false)
    }
    this.#last = undefined
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** A stream that broke off when it was recorded is complete where it breaks off again. */
  async #nextPiece(): Promise<Uint8Array | undefined> {
    try {
      return await this.#pieces.next()
    } catch (error) {
      this.#end(true)
      throw error
    }
  }

  #corrupted(piece: Uint8Array): Uint8Array {
    if (this.#fault.kind !== 'corrupt' || this.#fault.event !== this.#number) return piece
    const text = decodeText(piece)
    return text === undefined ? piece.subarray(0, piece.length / 2) : encodeText(corrupted(text))
  }

  #nextOf(last: Uint8Array[]): IteratorResult<Uint8Array> {
    const value = last.shift()
    return value === undefined ? DONE : { done: false, value }
  }

  #dropRest(): void {
    this.#end(false)
    if (this.#options.readsOn) void this.#pieces.drain()
    else this.#pieces.leave()
  }

  #end(whole: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.ended(whole)
  }
}

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined }

/** A body event by event, whatever its packets are. A body that is no event stream is one piece. */
class Pieces {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  readonly #splitter = new EventSplitter()
  readonly #isStream: boolean
  readonly #ready: Uint8Array[] = []
  #isOver = false

  constructor(body: HttpResponse['body'], isStream: boolean) {
    this.#source = iteratorOf(body)
    this.#isStream = isStream
  }

  async next(): Promise<Uint8Array | undefined> {
    const whole: Uint8Array[] = []
    while (this.#ready.length === 0 && !this.#isOver) {
      const { done, value } = await this.#source.next()
      if (done) this.#isOver = true
      if (!done && this.#isStream) this.#ready.push(...this.#splitter.push(value))
      if (!done && !this.#isStream) whole.push(value)
      if (!done) continue
      const rest = this.#isStream ? this.#splitter.rest.slice() : joinBytes(whole)
      if (rest.length > 0) this.#ready.push(rest)
    }
    return this.#ready.shift()
  }

  leave(): void {
    void this.#source.return?.()
  }

  /** Reads to the end, so that the recording is complete. */
  async drain(): Promise<void> {
    try {
      while (!(await this.#source.next()).done);
    } catch {
      // The recording reports that the upstream broke off.
    }
  }
}
