import { randomUUID } from 'node:crypto'
import { encodeText } from '../../http/bytes.ts'
import { readUnlessLarge, LARGE } from '../../http/large.ts'

/** A body as fetch accepts it. */
export interface WebBody {
  /** The content type if no header gives one. */
  readonly type: string | undefined
  /** A stream can be read once, so that it cannot be sent again after a redirect. */
  readonly streamed: boolean
  /**
   * Reads a small body whole, and gives a large one piece by piece.
   * @param signal stops the reading of a stream
   */
  read(signal: AbortSignal | undefined): Promise<Uint8Array | AsyncIterable<Uint8Array>>
}

interface BlobLike {
  readonly type: string
  readonly name?: string
  readonly size: number
  arrayBuffer(): Promise<ArrayBuffer>
  stream?(): ReadableStream<unknown>
}

/**
 * Recognises bodies by their methods, not by their classes: jsdom, happy-dom and the like bring
 * classes of their own for FormData, Blob and streams.
 */
export function webBody(body: unknown): WebBody {
  if (typeof body === 'string') return ready(encodeText(body), 'text/plain;charset=UTF-8')
  // Copied, as fetch does: the caller may change its buffer once the call has returned.
  if (ArrayBuffer.isView(body))
    return ready(new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice())
  if (typeof body !== 'object' || body === null) return webBody(String(body))
  if (isBuffer(body)) return ready(new Uint8Array(body).slice())
  if (isStream(body))
    return { type: undefined, streamed: true, read: (signal) => readUnlessLarge(streamPieces(body, signal)) }
  if (isIterable(body))
    return {
      type: undefined,
      streamed: true,
      read: (signal) => readUnlessLarge(iterablePieces(body, signal)),
    }
  if (isBlob(body))
    return { type: body.type || undefined, streamed: false, read: () => readUnlessLarge(blobPieces(body)) }
  if (isForm(body)) return multipart([...body])
  if (Object.prototype.toString.call(body) === '[object URLSearchParams]')
    return ready(encodeText(String(body)), 'application/x-www-form-urlencoded;charset=UTF-8')
  return webBody(String(body))
}

function ready(bytes: Uint8Array, type?: string): WebBody {
  return { type, streamed: false, read: () => Promise.resolve(bytes) }
}

function isBuffer(body: object): body is ArrayBuffer {
  return Object.prototype.toString.call(body) === '[object ArrayBuffer]'
}

function isStream(body: object): body is ReadableStream<unknown> {
  return typeof (body as { getReader?: unknown }).getReader === 'function'
}

function isIterable(body: object): body is AsyncIterable<unknown> {
  return Symbol.asyncIterator in body
}

function isBlob(body: object): body is BlobLike {
  return typeof (body as { arrayBuffer?: unknown }).arrayBuffer === 'function'
}

/** URLSearchParams has all of FormData's methods, and `sort` besides. */
export function isForm(body: unknown): body is Iterable<[string, string | BlobLike]> {
  return typeof body === 'object' && body !== null && 'getAll' in body && !('sort' in body)
}

/** A blob may be a large file on disk, which is not to be read into memory whole. */
async function* blobPieces(blob: BlobLike): AsyncGenerator<Uint8Array> {
  if (blob.size > LARGE && blob.stream !== undefined) yield* streamPieces(blob.stream(), undefined)
  else yield new Uint8Array(await blob.arrayBuffer())
}

async function* streamPieces(
  stream: ReadableStream<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  const leave = (): void => void reader.cancel(signal?.reason)
  signal?.addEventListener('abort', leave, { once: true })
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield piece(next.value)
    // A stream that was cancelled ends as if it were complete.
    signal?.throwIfAborted()
  } finally {
    signal?.removeEventListener('abort', leave)
  }
}

async function* iterablePieces(
  body: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const each of body) {
    signal?.throwIfAborted()
    yield piece(each)
  }
}

function piece(value: unknown): Uint8Array {
  // Node accepts strings in a stream, too.
  if (typeof value === 'string') return encodeText(value)
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError(`a stream as the body of a request must produce bytes, not ${typeof value}`)
}

/** Encodes a form as the fetch standard does. */
function multipart(entries: readonly (readonly [string, string | BlobLike])[]): WebBody {
  // As long as Node's boundaries, so that the body has the same length.
  const boundary = `----formdata-${randomUUID().replaceAll('-', '').slice(0, 19)}`
  const read = (): ReturnType<WebBody['read']> => readUnlessLarge(formPieces(entries, boundary))
  return { type: `multipart/form-data; boundary=${boundary}`, streamed: false, read }
}

async function* formPieces(
  entries: readonly (readonly [string, string | BlobLike])[],
  boundary: string,
): AsyncGenerator<Uint8Array> {
  for (const [name, value] of entries) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(withCrlf(name))}"`
    if (typeof value === 'string') yield encodeText(`${head}\r\n\r\n${withCrlf(value)}\r\n`)
    else {
      const type = value.type || 'application/octet-stream'
      const file = `; filename="${escaped(value.name ?? 'blob')}"\r\nContent-Type: ${type}\r\n\r\n`
      yield encodeText(head + file)
      yield* blobPieces(value)
      yield encodeText('\r\n')
    }
  }
  yield encodeText(`--${boundary}--\r\n`)
}

function withCrlf(text: string): string {
  return text.replaceAll(/\r\n|\r|\n/g, '\r\n')
}

function escaped(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}
