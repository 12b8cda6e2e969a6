import type { Expires } from './expiry.ts'
import type { Headers } from '../http/message.ts'

/** One file: a versioned, ordered list of interactions. */
export interface Cassette {
  readonly version: typeof CASSETTE_VERSION
  /** The API that was recorded, e.g. `https://api.openai.com`. */
  readonly upstream: string
  /** The day of the recording, `YYYY-MM-DD`. */
  readonly recordedAt: string
  /** How old it may grow, where the file sets that. A new recording keeps it. */
  readonly expires?: Expires
  readonly interactions: readonly Interaction[]
}

export const CASSETTE_VERSION = 1

/** One recorded request with the response it got. */
export interface Interaction {
  /** Set only where it differs from the cassette's. */
  readonly upstream?: string
  /** Set only where it differs from the cassette's: an interaction that was added later. */
  readonly recordedAt?: string
  readonly request: RecordedRequest
  readonly response: RecordedResponse
}

export interface RecordedRequest {
  readonly method: string
  /** Path and query, as sent, relative to the upstream. */
  readonly path: string
  /** Those that the API gives meaning to, and the content type of a body that does not show its own. */
  readonly headers: Headers
  readonly body: RequestBody
}

export interface RecordedResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: ResponseBody
  /** Milliseconds from the request to the end of a body that is no event stream. */
  readonly after?: number
  /** The connection broke before the body ended. Recorded only with `keepTruncated`. */
  readonly truncated?: true
}

export type RequestBody = EmptyBody | JsonBody | TextBody | BinaryBody | BlobBody | MultipartBody
export type ResponseBody = EmptyBody | JsonBody | TextBody | BinaryBody | BlobBody | EventsBody | FramesBody

export interface EmptyBody {
  readonly kind: 'empty'
}
/** JSON whose bytes are its compact form; the text may be laid out for reading. */
export interface JsonBody {
  readonly kind: 'json'
  readonly text: string
}
/** UTF-8 text whose bytes are exactly these. */
export interface TextBody {
  readonly kind: 'text'
  readonly text: string
}
export interface BinaryBody {
  readonly kind: 'binary'
  readonly bytes: Uint8Array
}
/** Bytes in a file of their own, named after their SHA-256. */
export interface BlobBody {
  readonly kind: 'blob'
  readonly sha256: string
  readonly size: number
}
export interface MultipartBody {
  readonly kind: 'multipart'
  readonly parts: readonly FormPart[]
}
export interface FormPart {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly content: EmptyBody | TextBody | BinaryBody | BlobBody
}
/** A stream of server-sent events. Their raw texts, joined, are the body. */
export interface EventsBody {
  readonly kind: 'events'
  readonly events: readonly StreamEvent[]
}
export interface StreamEvent {
  /** Milliseconds from the request to the event's last byte. */
  readonly offset: number
  /** The event as sent, with its line ends and its closing blank line. */
  readonly raw: string
}
/** The frames of a WebSocket, both ways, in order. */
export interface FramesBody {
  readonly kind: 'frames'
  readonly frames: readonly Frame[]
  /** Absent where the connection broke. */
  readonly close?: FrameClose
}
export interface Frame {
  readonly from: Side
  /** Milliseconds from the request. */
  readonly offset: number
  readonly content: FrameContent
}
export type Side = 'client' | 'server'
export type FrameContent = TextBody | TextWithBlobs | BinaryBody | BlobBody
/** JSON in which each string `blob:SHA256` is a reference to the file with its base64. */
export interface TextWithBlobs {
  readonly kind: 'text-with-blobs'
  readonly text: string
}
export interface FrameClose {
  readonly from: Side
  readonly offset: number
  /** Absent where none was sent. */
  readonly code?: number
  readonly reason: string
}

export interface MergeEntry<T> {
  readonly fingerprint: string
  readonly value: T
}

/**
 * The file's entries, then those of a run that the file lacks. Equal requests are counted: where the
 * file has two and the run made three, the third is added. So what another process wrote meanwhile stays.
 */
export function mergeInteractions<T>(
  onDisk: readonly MergeEntry<T>[],
  ofRun: readonly (MergeEntry<T> & { readonly occurrence: number })[],
): readonly MergeEntry<T>[] {
  const counts = new Map<string, number>()
  for (const { fingerprint } of onDisk) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1)
  return [...onDisk, ...ofRun.filter((entry) => entry.occurrence >= (counts.get(entry.fingerprint) ?? 0))]
}
