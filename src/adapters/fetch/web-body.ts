import { randomUUID } from 'node:crypto'
import { encodeText } from '../../http/bytes.ts'
import { gathered, LARGE } from '../../http/large.ts'

/** What a caller of fetch gave as a body, and the type that it has where no header says one. */
export interface WebBody {
  readonly type: string | undefined
  /** A stream can be read once: it cannot be sent on to where a redirect points. */
  readonly streamed: boolean
  /**
   * Reads it: all of it, or of a large one what comes as it comes.
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
 * Reads what fetch takes as a body by what it does, not by its class: under jsdom,
 * happy-dom and their like, FormData, Blob and streams are not those that Node knows.
 */
export function webBody(body: unknown): WebBody {
  if (typeof body === 'string') return ready(encodeText(body), 'text/plain;charset=UTF-8')
  // Copied, as fetch does: the caller may change it as soon as the call has returned.
  if (ArrayBuffer.isView(body))
    return ready(new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice())
  if (typeof body !== 'object' || body === null) return webBody(String(body))
  if (isBuffer(body)) return ready(new Uint8Array(body).slice())
  if (isStream(body))
    return { type: undefined, streamed: true, read: (signal) => gathered(streamPieces(body, signal)) }
  if (isIterable(body))
    return { type: undefined, streamed: true, read: (signal) => gathered(piecesOf(body, signal)) }
  if (isBlob(body))
    return { type: body.type || undefined, streamed: false, read: () => gathered(blobPieces(body)) }
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

/** URLSearchParams has all of a form's methods, and one to sort. */
export function isForm(body: unknown): body is Iterable<[string, string | BlobLike]> {
  return typeof body === 'object' && body !== null && 'getAll' in body && !('sort' in body)
}

type Pieces = AsyncGenerator<Uint8Array>

/** A file on a disk may stand behind a blob: of a large one only some is read at a time. */
async function* blobPieces(blob: BlobLike): Pieces {
  if (blob.size > LARGE && blob.stream !== undefined) yield* streamPieces(blob.stream(), undefined)
  else yield new Uint8Array(await blob.arrayBuffer())
}

async function* streamPieces(stream: ReadableStream<unknown>, signal: AbortSignal | undefined): Pieces {
  const reader = stream.getReader()
  const leave = (): void => void reader.cancel(signal?.reason)
  signal?.addEventListener('abort', leave, { once: true })
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield piece(next.value)
    // One that was left ends as if it were whole.
    signal?.throwIfAborted()
  } finally {
    signal?.removeEventListener('abort', leave)
  }
}

async function* piecesOf(body: AsyncIterable<unknown>, signal: AbortSignal | undefined): Pieces {
  for await (const each of body) {
    signal?.throwIfAborted()
    yield piece(each)
  }
}

function piece(value: unknown): Uint8Array {
  // Node takes text too.
  if (typeof value === 'string') return encodeText(value)
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError(`a stream that is a request's body must give bytes; this one gave ${typeof value}`)
}

/** As the fetch standard writes forms. */
function multipart(entries: readonly (readonly [string, string | BlobLike])[]): WebBody {
  // As long as Node's, so that the body is too.
  const boundary = `----formdata-${randomUUID().replaceAll('-', '').slice(0, 19)}`
  const read = (): ReturnType<WebBody['read']> => gathered(formPieces(entries, boundary))
  return { type: `multipart/form-data; boundary=${boundary}`, streamed: false, read }
}

async function* formPieces(
  entries: readonly (readonly [string, string | BlobLike])[],
  boundary: string,
): Pieces {
  for (const [name, value] of entries) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(lines(name))}"`
    if (typeof value === 'string') yield encodeText(`${head}\r\n\r\n${lines(value)}\r\n`)
    else {
      const type = value.type || 'application/octet-stream'
      const file = `; filename="${quoted(value.name ?? 'blob')}"\r\nContent-Type: ${type}\r\n\r\n`
      yield encodeText(head + file)
      yield* blobPieces(value)
      yield encodeText('\r\n')
    }
  }
  yield encodeText(`--${boundary}--\r\n`)
}

function lines(text: string): string {
  return text.replaceAll(/\r\n|\r|\n/g, '\r\n')
}

function quoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}
