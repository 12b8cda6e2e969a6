import { joinBytes, withRest } from './bytes.ts'

/**
 * In bytes. Larger bodies are not held in memory: they are written to disk as they arrive, and are compared
 * by their hash. JSON and event streams are exceptions, because their content is needed.
 */
export const LARGE = 4 * 1024 * 1024

/** A body that is too large for memory. It can be read any number of times. */
export interface LargeBody {
  /** In bytes. */
  readonly size: number
  read(): AsyncIterable<Uint8Array>
}

/** Loads the entire body into memory, for callers that cannot stream it. */
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

/** Reads a body into memory. A large body is returned as a stream that includes the pieces read so far. */
export async function readUnlessLarge(
  source: AsyncIterator<Uint8Array>,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const pieces: Uint8Array[] = []
  let size = 0
  for (let next = await source.next(); !next.done; next = await source.next()) {
    pieces.push(next.value)
    size += next.value.length
    if (size > LARGE) return withRest(pieces, source)
  }
  return joinBytes(pieces)
}
