import { createHash } from 'node:crypto'
import { contentOf, multipartBoundary, type PartHead } from '../../cassette/bodies/multipart.ts'
import { FormError, formPieces } from '../../cassette/bodies/multipart-stream.ts'
import type { BlobBody, FormPart, RequestBody } from '../../cassette/cassette.ts'
import { INLINE_BYTES } from '../../cassette/notation/text.ts'
import { joinBytes } from '../../http/bytes.ts'
import { LARGE, type LargeBody } from '../../http/large.ts'
import type { Redactor } from '../../redact/redactor.ts'
import type { WindowCleaner } from '../../redact/windows.ts'
import type { Scratch, ScratchFile } from '../ports.ts'

/** A large body outside memory. Its user must drop it. */
type SpooledBody = LargeBody & Pick<ScratchFile, 'drop'>

/** Writes a large body to a scratch file as it arrives. A body that its sender holds in memory stays there. */
export async function spool(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  scratch: Scratch,
): Promise<SpooledBody> {
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
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

const PIECE_BYTES = 256 * 1024

/** Large bodies of this run that are not in a cassette yet. */
export class SpooledBlobs {
  readonly #scratch: Scratch
  readonly #redactor: Redactor
  readonly #keeps: boolean
  readonly #files = new Map<string, ScratchFile>()
  readonly #leaking = new Set<string>()

  /** @param keeps false where nothing is recorded, because only the hash is needed then */
  constructor(scratch: Scratch, redactor: Redactor, keeps: boolean) {
    this.#scratch = scratch
    this.#redactor = redactor
    this.#keeps = keeps
  }

  /** Receives content as it arrives. */
  open(): LargeContent {
    return new LargeContent(this.#redactor, this.#keeps ? this.#scratch.create() : undefined, (taken) =>
      this.#take(taken),
    )
  }

  get(sha256: string): LargeBody | undefined {
    return this.#files.get(sha256)
  }

  /** Whether it contains a secret that could not be redacted. */
  leaks(sha256: string): boolean {
    return this.#leaking.has(sha256)
  }

  #take({ body: { sha256 }, file, leaks }: Taken): void {
    if (leaks) this.#leaking.add(sha256)
    if (file === undefined) return
    if (leaks || this.#files.has(sha256)) file.drop()
    else this.#files.set(sha256, file)
  }
}

interface Taken {
  readonly body: BlobBody
  readonly file: ScratchFile | undefined
  readonly leaks: boolean
}

/** Redacts and hashes content too large for memory, and writes it to a scratch file. */
export class LargeContent {
  readonly #cleaner: WindowCleaner
  readonly #hash = createHash('sha256')
  readonly #file: ScratchFile | undefined
  readonly #take: (taken: Taken) => void
  #size = 0

  constructor(redactor: Redactor, file: ScratchFile | undefined, take: (taken: Taken) => void) {
    this.#cleaner = redactor.windows()
    this.#file = file
    this.#take = take
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (const clean of this.#cleaner.push(bytes)) await this.#put(clean)
  }

  async end(): Promise<BlobBody> {
    for (const clean of this.#cleaner.end()) await this.#put(clean)
    const body = { kind: 'blob' as const, sha256: this.#hash.digest('hex'), size: this.#size }
    this.#take({ body, file: this.#file, leaks: this.#cleaner.leaks })
    return body
  }

  async #put(clean: Uint8Array): Promise<void> {
    this.#hash.update(clean)
    this.#size += clean.length
    await this.#file?.write(clean)
  }
}

/** Reads a large body as a form with parts, or as a file. */
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

async function readForm(body: LargeBody, boundary: string, spooled: SpooledBlobs): Promise<FormPart[]> {
  const parts: FormPart[] = []
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

/** The content of one form part. Short content and text stay in memory. Other content goes to a scratch file. */
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

  async end(): Promise<FormPart['content']> {
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
