import { LARGE, type LargeBody } from '../../http/large.ts'
import type { Scratch, ScratchFile } from '../ports.ts'

/** A large body that whoever is done with it drops. */
type AsideBody = LargeBody & Pick<ScratchFile, 'drop'>

export function isSmall(body: Uint8Array | AsyncIterable<Uint8Array>): body is Uint8Array {
  return ArrayBuffer.isView(body) && body.length <= LARGE
}

/** Takes in a large body as it comes. One that its sender holds already need not be put anywhere. */
export async function putAside(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  scratch: Scratch,
): Promise<AsideBody> {
  if (ArrayBuffer.isView(body)) return { size: body.length, read: () => piecesOf(body), drop: () => {} }
  const file = scratch.create()
  try {
    for await (const bytes of body) await file.write(bytes)
    return file
  } catch (error) {
    file.drop()
    throw error
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

/** Bytes that are handed out at once. */
const PIECE = 256 * 1024
