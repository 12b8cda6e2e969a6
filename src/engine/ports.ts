import { ConnectionError } from '../messages/errors.ts'
import type { Headers, OutgoingRequest } from '../http/message.ts'
import type { LargeBody } from '../http/large.ts'
import type { Encoding, Use } from '../api/usage.ts'
import type { SocketEnd, SocketListener } from '../http/web-socket.ts'

/** Reads and writes a cassette's text by name. */
export interface Store {
  /** The directory of the cassettes, as messages name it. */
  readonly location: string
  /** The file of a cassette, as messages name it. */
  fileOf(name: string): string
  list(): Promise<readonly string[]>
  /** Undefined when there is no such cassette. */
  read(name: string): Promise<string | undefined>
  readBlob(sha256: string): Promise<Uint8Array>
  /** The same for a large text, in chunks. */
  openBlob(sha256: string): Promise<AsyncIterable<Uint8Array>>
  hasBlob(sha256: string): Promise<boolean>
  /** Fails with the directory's name where it is not writable. */
  ensureWritable(): Promise<void>
  /**
   * Replaces the current text by the result of `change`, atomically, and locks out other
   * processes meanwhile. If `change` returns undefined, the file stays as it is.
   */
  update(name: string, change: (present: string | undefined) => Printed | undefined): Promise<void>
  /** Saves a recording elsewhere when its own file could not be written. Returns the place. */
  rescue(name: string, printed: Printed): Promise<string>
}

export interface Printed {
  readonly text: string
  readonly blobs: ReadonlyMap<string, Uint8Array | LargeBody>
}

/** Scratch files for large bodies. Only this user can read them, and they are deleted when the process ends. */
export interface Scratch {
  create(): ScratchFile
  /** Deletes all scratch files. */
  close(): void
}

export interface ScratchFile extends LargeBody {
  write(bytes: Uint8Array): Promise<void>
  /** Frees the space, once nothing reads the body any more. */
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
   * @param listener receives all events, from the handshake on
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
  /** The upstream answered the handshake with a plain response. */
  | { readonly kind: 'refused'; readonly response: UpstreamResponse }

export interface UpstreamSocket extends SocketEnd {
  readonly headers: Headers
  /** The subprotocol that the upstream chose. */
  readonly protocol: string | undefined
}

export interface UpstreamResponse {
  readonly status: number
  readonly headers: Headers
  /** Decoded chunks as they arrive. Throws when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>
}

/** The upstream did not answer. The message names the upstream and what may help. */
export class UpstreamError extends ConnectionError {
  override readonly name = 'UpstreamError'
}

export interface Clock {
  /** Milliseconds on a monotonic clock. */
  now(): number
  /** The day, `YYYY-MM-DD`, in UTC. */
  today(): string
  /** Resolves after this many milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Prices of models. */
export interface Prices {
  /**
   * The price in US dollars; undefined where it is not known.
   * @param from the URL of the request, as providers have their own prices
   * @param on the day whose prices count, `YYYY-MM-DD`
   */
  usd(use: Use, from: string, on: string): number | undefined
}

/** Counts the tokens of texts. */
export interface Tokenizer {
  count(text: string, encoding: Encoding): number
}
