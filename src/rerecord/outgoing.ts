import { randomUUID } from 'node:crypto'
import { encodeText } from '../http/bytes.ts'
import type { BlobBody, FormPart, RecordedRequest } from '../cassette/cassette.ts'
import { type Headers, headerValue, type IncomingRequest, withoutHeaders } from '../http/message.ts'
import { compactJson } from '../json/layout.ts'
import { readUnlessLarge, LARGE } from '../http/large.ts'
import type { Store } from '../engine/ports.ts'

type BlobReader = Pick<Store, 'readBlob' | 'openBlob'>

/**
 * Turns a recorded request into one that a client would send. Reads bodies from blob files, and streams large ones. A
 * form gets a new boundary.
 * @param origin the API's origin
 * @param more headers that were not recorded
 */
export async function outgoing(
  request: RecordedRequest,
  store: BlobReader,
  { origin, more = [] }: { readonly origin: string; readonly more?: Headers },
): Promise<IncomingRequest> {
  const { method, path: target } = request
  const { type, body } = await sentBody(request, store)
  const recorded = withoutHeaders(request.headers, HANDSHAKE_HEADERS)
  const recordedType = headerValue(recorded, 'content-type')
  const headers = [
    ...recorded,
    ...(recordedType === undefined && type !== undefined ? [['content-type', type] as const] : []),
    ...CLIENT_HEADERS,
    ...more,
  ]
  return { method, target, headers, body, origin }
}

/** Client headers, which are not recorded. Responses are decoded before they are recorded. */
const CLIENT_HEADERS: Headers = [
  ['accept', '*/*'],
  ['accept-encoding', 'gzip, deflate'],
  ['user-agent', 'openai-vcr'],
]

/** Recorded to recognise WebSocket handshakes. The WebSocket client adds it itself. */
const HANDSHAKE_HEADERS: ReadonlySet<string> = new Set(['upgrade'])

const JSON_TYPE = 'application/json'

interface SentBody {
  /** Sent if the recording has no content type. */
  readonly type?: string
  readonly body: IncomingRequest['body']
}

async function sentBody({ body }: RecordedRequest, store: BlobReader): Promise<SentBody> {
  switch (body.kind) {
    case 'empty':
      return { body: new Uint8Array(0) }
    case 'json':
      return { type: JSON_TYPE, body: encodeText(compactJson(body.text)) }
    case 'text':
      // Text that was recorded without a content type was sent as JSON, but is not valid JSON.
      return { type: JSON_TYPE, body: encodeText(body.text) }
    case 'binary':
      return { body: body.bytes }
    case 'blob':
      return { body: await blob(body, store) }
    case 'multipart': {
      const boundary = `openai-vcr-${randomUUID()}`
      const form = formOf(body.parts, boundary, store)
      return { type: `multipart/form-data; boundary=${boundary}`, body: await readUnlessLarge(form) }
    }
  }
}

async function blob(
  { sha256, size }: BlobBody,
  store: BlobReader,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  return size > LARGE ? store.openBlob(sha256) : store.readBlob(sha256)
}

async function* formOf(
  parts: readonly FormPart[],
  boundary: string,
  store: BlobReader,
): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    yield encodeText(`--${boundary}\r\n${headOf(part)}\r\n\r\n`)
    yield* contentOf(part.content, store)
    yield encodeText('\r\n')
  }
  yield encodeText(`--${boundary}--\r\n`)
}

function headOf({ name, filename, type }: FormPart): string {
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"${file}`
  return type === undefined ? disposition : `${disposition}\r\nContent-Type: ${type}`
}

function quoted(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`)
}

async function* contentOf(part: FormPart['content'], store: BlobReader): AsyncGenerator<Uint8Array> {
  switch (part.kind) {
    case 'empty':
      return
    case 'text':
      yield encodeText(part.text)
      return
    case 'binary':
      yield part.bytes
      return
    case 'blob': {
      const bytes = await blob(part, store)
      if (ArrayBuffer.isView(bytes)) yield bytes
      else yield* bytes
    }
  }
}
