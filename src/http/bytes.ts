import { hash } from 'node:crypto'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Decodes UTF-8. Undefined for other bytes, and for text with NUL characters, which a cassette stores as bytes. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

/** Yields the pieces of a body that were already read, then the rest of the body. */
export async function* withRest(
  read: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  while (read.length > 0) yield read.shift() as Uint8Array
  let ended = false
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
    ended = true
  } finally {
    if (!ended) await rest.return?.()
  }
}

export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data)
}
