import { ConnectionError } from '../messages/errors.ts'
import type { Headers, OutgoingRequest } from '../http/message.ts'
import type { LargeBody } from '../http/large.ts'
import type { Encoding, Use } from '../api/usage.ts'
import type { SocketEnd, SocketListener } from '../http/web-socket.ts'

/** Reads and writes a cassette's text by name. */
export interface Store {
  /** Where the cassettes are, as a user would name it. */
  readonly location: string
  /** The file of a cassette, as a user would name it. */
  fileOf(name: string): string
  list(): Promise<readonly string[]>
  /** Undefined when there is no such cassette. */
  read(name: string): Promise<string | undefined>
  readBlob(sha256: string): Promise<Uint8Array>
  /** The same for a large one, which is read piece by piece. */
  openBlob(sha256: string): Promise<AsyncIterable<Uint8Array>>
  hasBlob(sha256: string): Promise<boolean>
  /** Fails, naming the directory, when nothing could be written there. */
  ensureWritable(): Promise<void>
  /**
   * Writes what `change` makes of the present text, atomically and with other
   * processes kept out meanwhile. Undefined from `change` leaves the file alone.
   */
  update(name: string, change: (present: string | undefined) => Printed | undefined): Promise<void>
  /** Puts a recording that could not be written where it belongs somewhere safe; says where. */
  rescue(name: string, printed: Printed): Promise<string>
}

export interface Printed {
  readonly text: string
  readonly blobs: ReadonlyMap<string, Uint8Array | LargeBody>
}

/** Scratch files for large bodies. Nobody else can read them, and they do not outlive the process. */
export interface Scratch {
  create(): ScratchFile
  /** Drops all that is there. */
  close(): void
}

export interface ScratchFile extends LargeBody {
  write(bytes: Uint8Array): Promise<void>
  /** Frees its space, once those who read it now are done. */
  drop(): void
}

/** The real API. */
export interface Upstream {
  /**
   * Sends a request to `base` with the request's target appended.
   * @throws UpstreamError when no answer came
   */
  send(base: string, request: OutgoingRequest, signal: AbortSignal): Promise<UpstreamResponse>
  /**
   * Opens a WebSocket at `base` with the request's target appended.
   * @param listener hears what comes, from the handshake on
   * @throws UpstreamError when no answer came
   */
  connect(
    base: string,
    request: OutgoingRequest,
    listener: SocketListener,
    signal: AbortSignal,
  ): Promise<Connected>
}

export type Connected =
  | { readonly kind: 'open'; readonly socket: UpstreamSocket }
  /** It answered the handshake as a plain request. */
  | { readonly kind: 'refused'; readonly response: UpstreamResponse }

export interface UpstreamSocket extends SocketEnd {
  readonly headers: Headers
  /** The subprotocol that it chose. */
  readonly protocol: string | undefined
}

export interface UpstreamResponse {
  readonly status: number
  readonly headers: Headers
  /** Decoded bytes as they come. Throws when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>
}

/** No answer came from the upstream. The message names it and what may help. */
export class UpstreamError extends ConnectionError {
  override readonly name = 'UpstreamError'
}

export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  now(): number
  /** The day, `YYYY-MM-DD`, in UTC. */
  today(): string
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What the use of models costs. */
export interface Prices {
  /**
   * US dollars; undefined when the price is not known.
   * @param from the URL of the request: providers have their own prices
   * @param on the day whose prices count, `YYYY-MM-DD`
   */
  usd(use: Use, from: string, on: string): number | undefined
}

/** Counts the tokens of texts. */
export interface Tokenizer {
  count(text: string, encoding: Encoding): number
}
