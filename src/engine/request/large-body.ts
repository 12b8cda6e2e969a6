import type { BlobBody, Part, RequestBody } from '../../cassette/cassette.ts'
import { INLINE_BYTES } from '../../cassette/notation/text.ts'
import { LARGE, type LargeBody } from '../../http/large.ts'
import { contentOf, multipartBoundary, type PartHead } from '../../cassette/bodies/multipart.ts'
import { FormError, formPieces } from '../../cassette/bodies/multipart-stream.ts'
import { joinBytes } from '../../http/bytes.ts'
import type { LargeContent, SpooledBlobs } from './spool.ts'

/** A body that is too large to be held, as what it is: a form with its parts, or a file. */
export async function readLargeBody(
  body: LargeBody,
  contentType: string | undefined,
  spooled: SpooledBlobs,
): Promise<RequestBody> {
  const boundary = multipartBoundary(contentType)
  if (boundary === undefined) return readFile(body, spooled)
  try {
    return { kind: 'multipart', parts: await readForm(body, boundary, spooled) }
  } catch (error) {
    if (!(error instanceof FormError)) throw error
    return readFile(body, spooled)
  }
}

async function readFile(body: LargeBody, spooled: SpooledBlobs): Promise<BlobBody> {
  const content = spooled.open()
  for await (const bytes of body.read()) await content.write(bytes)
  return content.end()
}

async function readForm(body: LargeBody, boundary: string, spooled: SpooledBlobs): Promise<Part[]> {
  const parts: Part[] = []
  let head: PartHead | undefined
  let content = new PartContent(spooled)
  for await (const piece of formPieces(body.read(), boundary)) {
    if (piece.kind === 'head') {
      head = piece.head
      content = new PartContent(spooled)
    } else if (piece.kind === 'content') await content.write(piece.bytes)
    else parts.push({ ...(head as PartHead), content: await content.end() })
  }
  return parts
}

/** The content of one part, of which many may be held together: bytes are put aside, short ones and texts are not. */
class PartContent {
  readonly #spooled: SpooledBlobs
  #pieces: Uint8Array[] = []
  #size = 0
  #large: LargeContent | undefined

  constructor(spooled: SpooledBlobs) {
    this.#spooled = spooled
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#large !== undefined) return this.#large.write(bytes)
    this.#pieces.push(bytes)
    this.#size += bytes.length
    if (this.#size > LARGE) await this.#spool()
  }

  async end(): Promise<Part['content']> {
    if (this.#large !== undefined) return this.#large.end()
    const content = contentOf(joinBytes(this.#pieces))
    if (content.kind !== 'binary' || this.#size <= INLINE_BYTES) return content
    return (await this.#spool()).end()
  }

  async #spool(): Promise<LargeContent> {
    this.#large = this.#spooled.open()
    for (const bytes of this.#pieces) await this.#large.write(bytes)
    this.#pieces = []
    return this.#large
  }
}
