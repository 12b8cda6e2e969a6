import type { BlobBody, Part, RequestBody } from '../../cassette/cassette.ts'
import { INLINE_BYTES } from '../../cassette/notation/text.ts'
import { LARGE, type LargeBody } from '../../http/large.ts'
import { contentOf, multipartBoundary, type PartHead } from '../../cassette/bodies/multipart.ts'
import { FormError, formPieces } from '../../cassette/bodies/multipart-stream.ts'
import type { HeldBlobs, LargeContent } from './spooled-blobs.ts'
import { joinBytes } from '../../http/bytes.ts'

/** A body that is too large to be held, as what it is: a form with its parts, or a file. */
export async function readLargeBody(
  body: LargeBody,
  contentType: string | undefined,
  held: HeldBlobs,
): Promise<RequestBody> {
  const boundary = multipartBoundary(contentType)
  if (boundary === undefined) return readFile(body, held)
  try {
    return { kind: 'multipart', parts: await readForm(body, boundary, held) }
  } catch (error) {
    if (!(error instanceof FormError)) throw error
    return readFile(body, held)
  }
}

async function readFile(body: LargeBody, held: HeldBlobs): Promise<BlobBody> {
  const content = held.open()
  for await (const bytes of body.read()) await content.write(bytes)
  return content.end()
}

async function readForm(body: LargeBody, boundary: string, held: HeldBlobs): Promise<Part[]> {
  const parts: Part[] = []
  let head: PartHead | undefined
  let content = new PartContent(held)
  for await (const piece of formPieces(body.read(), boundary)) {
    if (piece.kind === 'head') {
      head = piece.head
      content = new PartContent(held)
    } else if (piece.kind === 'content') await content.write(piece.bytes)
    else parts.push({ ...(head as PartHead), content: await content.end() })
  }
  return parts
}

/** The content of one part, of which many may be held together: bytes are put aside, short ones and texts are not. */
class PartContent {
  readonly #held: HeldBlobs
  #pieces: Uint8Array[] = []
  #size = 0
  #large: LargeContent | undefined

  constructor(held: HeldBlobs) {
    this.#held = held
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#large !== undefined) return this.#large.write(bytes)
    this.#pieces.push(bytes)
    this.#size += bytes.length
    if (this.#size > LARGE) await this.#putAside()
  }

  async end(): Promise<Part['content']> {
    if (this.#large !== undefined) return this.#large.end()
    const content = contentOf(joinBytes(this.#pieces))
    if (content.kind !== 'binary' || this.#size <= INLINE_BYTES) return content
    return (await this.#putAside()).end()
  }

  async #putAside(): Promise<LargeContent> {
    this.#large = this.#held.open()
    for (const bytes of this.#pieces) await this.#large.write(bytes)
    this.#pieces = []
    return this.#large
  }
}
