import { joinBytes } from './sse.ts'

/**
 * More bytes than these are not held in memory: a body is put aside as it comes, and compared
 * by its hash. JSON and event streams are the exceptions, as they are read.
 */
export const LARGE = 4 * 1024 * 1024

/** What is too large to be held. It can be read as often as it takes. */
export interface LargeBody {
  /** Bytes. */
  readonly size: number
  read(): AsyncIterable<Uint8Array>
}

/** All of it, where that cannot be helped. */
export async function bytesOf(body: Uint8Array | LargeBody): Promise<Uint8Array> {
  if (ArrayBuffer.isView(body)) return body
  const bytes = new Uint8Array(body.size)
  let at = 0
  for await (const piece of body.read()) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Reads all where that is little; else gives what has come, and behind it what is still to come. */
export async function gathered(
  source: AsyncIterator<Uint8Array>,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const pieces: Uint8Array[] = []
  let size = 0
  for (let next = await source.next(); !next.done; next = await source.next()) {
    pieces.push(next.value)
    size += next.value.length
    if (size > LARGE) return continued(pieces, source)
  }
  return joinBytes(pieces)
}

async function* continued(
  pieces: Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  while (pieces.length > 0) yield pieces.shift() as Uint8Array
  let ended = false
  try {
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
    ended = true
  } finally {
    if (!ended) await source.return?.()
  }
}
