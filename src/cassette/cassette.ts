import type { Expires } from './expiry.ts'
import type { Headers } from '../http/message.ts'

/** The content of a cassette file. */
export interface Cassette {
  readonly version: typeof CASSETTE_VERSION
  /** The API that was recorded, e.g. `https://api.openai.com`. */
  readonly upstream: string
  /** The day of the recording, `YYYY-MM-DD`. */
  readonly recordedAt: string
  /** When recordings expire, if the file sets it. Re-recording keeps this setting. */
  readonly expires?: Expires
  readonly interactions: readonly Interaction[]
}

export const CASSETTE_VERSION = 1

/** A recorded request and its response. */
export interface Interaction {
  /** Set only if it differs from the cassette's. */
  readonly upstream?: string
  /** Set only if the interaction was added to the cassette on a later day. */
  readonly recordedAt?: string
  readonly request: RecordedRequest
  readonly response: RecordedResponse
}

export interface RecordedRequest {
  readonly method: string
  /** Path and query, as sent, relative to the upstream. */
  readonly path: string
  /** Only headers that change the meaning of a response, and the content type if the body does not imply it. */
  readonly headers: Headers
  readonly body: RequestBody
}

export interface RecordedResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: ResponseBody
  /** Milliseconds from the request to the end of the body. Absent for event streams: each event has an offset. */
  readonly after?: number
  /** The connection broke before the body ended. Recorded only with `keepTruncated`. */
  readonly truncated?: true
}

export type RequestBody = EmptyBody | JsonBody | TextBody | BinaryBody | BlobBody | MultipartBody
export type ResponseBody = EmptyBody | JsonBody | TextBody | BinaryBody | BlobBody | EventsBody | FramesBody

export interface EmptyBody {
  readonly kind: 'empty'
}
/** JSON that is compact on the wire. The text may be indented. */
export interface JsonBody {
  readonly kind: 'json'
  readonly text: string
}
/** Text that is encoded as UTF-8 on the wire. */
export interface TextBody {
  readonly kind: 'text'
  readonly text: string
}
export interface BinaryBody {
  readonly kind: 'binary'
  readonly bytes: Uint8Array
}
/** Bytes in a separate file that is named after their SHA-256. */
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
/** A stream of server-sent events. The body is their raw text, joined. */
export interface EventsBody {
  readonly kind: 'events'
  readonly events: readonly StreamEvent[]
}
export interface StreamEvent {
  /** Milliseconds from the request to the event's last byte. */
  readonly offset: number
  /** The event as sent, including line breaks and the blank line at its end. */
  readonly raw: string
}
/** The frames of a WebSocket in both directions, in order. */
export interface FramesBody {
  readonly kind: 'frames'
  readonly frames: readonly Frame[]
  /** Absent if the connection broke. */
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
/** JSON in which each string `blob:SHA256` refers to a file, and stands for the base64 of its bytes. */
export interface TextWithBlobs {
  readonly kind: 'text-with-blobs'
  readonly text: string
}
export interface FrameClose {
  readonly from: Side
  readonly offset: number
  /** Absent if no code was sent. */
  readonly code?: number
  readonly reason: string
}

export interface MergeEntry<T> {
  readonly fingerprint: string
  readonly value: T
}

/**
 * Appends the entries of a run to those in the file, so that entries from other processes are kept. Equal
 * requests are counted: if the file has two and the run made three, only the third is appended.
 */
export function mergeInteractions<T>(
  onDisk: readonly MergeEntry<T>[],
  ofRun: readonly (MergeEntry<T> & { readonly occurrence: number })[],
): readonly MergeEntry<T>[] {
  const counts = new Map<string, number>()
  for (const { fingerprint } of onDisk) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1)
  return [...onDisk, ...ofRun.filter((entry) => entry.occurrence >= (counts.get(entry.fingerprint) ?? 0))]
}
