import { joinBytes } from './bytes.ts'
import type { HttpResponse } from './message.ts'

/** Iterates over the pieces of a response body: bytes, a list of pieces, or a stream. */
export function iteratorOf(
  body: HttpResponse['body'],
): Iterator<Uint8Array, undefined> | AsyncIterator<Uint8Array, undefined> {
  const pieces = ArrayBuffer.isView(body) ? [body] : body
  return Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
}

/**
 * Reads a response body to its end.
 * @throws the body's own error when its connection breaks
 */
export async function readWhole(body: HttpResponse['body']): Promise<Uint8Array> {
  if (ArrayBuffer.isView(body)) return body
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return joinBytes(pieces)
}
