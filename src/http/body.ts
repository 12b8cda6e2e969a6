import { joinBytes } from './bytes.ts'
import type { HttpResponse } from './message.ts'

/** Iterates over a response body's pieces, in whichever form it is. */
export function iteratorOf(
  body: HttpResponse['body'],
): Iterator<Uint8Array, undefined> | AsyncIterator<Uint8Array, undefined> {
  const pieces = ArrayBuffer.isView(body) ? [body] : body
  return Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
}

/**
 * Reads a response body to its end.
 * @throws the error with which it breaks off
 */
export async function readWhole(body: HttpResponse['body']): Promise<Uint8Array> {
  if (ArrayBuffer.isView(body)) return body
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return joinBytes(pieces)
}
