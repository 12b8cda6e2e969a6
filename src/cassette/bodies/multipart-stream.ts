import { encodeText } from '../../http/bytes.ts'
import { LARGE } from '../../http/large.ts'
import { partHead, type PartHead } from './multipart.ts'

/** A piece of a form. Each part has a head, any number of content chunks, and an end. */
export type FormPiece =
  | { readonly kind: 'head'; readonly head: PartHead }
  | { readonly kind: 'content'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }

/** The bytes are not a valid form with this boundary. */
export class FormError extends Error {
  override readonly name = 'FormError'
}

const LINE = encodeText('\r\n')
const BLANK = encodeText('\r\n\r\n')
const DASHES = encodeText('--')

/**
 * Reads a form that is too large for memory, with the same result as `parseMultipart`.
 * @throws FormError where `parseMultipart` returns undefined
 */
export async function* formPieces(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<FormPiece> {
  const input = new Input(source)
  try {
    yield* partsOf(input, Buffer.from(`\r\n--${boundary}`, 'latin1'))
  } finally {
    await input.leave()
  }
}

async function* partsOf(input: Input, delimiter: Uint8Array): AsyncGenerator<FormPiece> {
  await input.skip(delimiter)
  while (!(await input.startsWith(DASHES))) {
    await input.skip(LINE)
    const head = (await input.startsWith(LINE)) ? undefined : partHead(await input.headUpTo(BLANK))
    if (head === undefined) throw new FormError('a part of the form has no name')
    yield { kind: 'head', head }
    // Some clients omit the line break between the head and the delimiter of an empty part.
    if (!(await input.startsWith(delimiter))) {
      await input.startsWith(LINE)
      for await (const bytes of input.until(delimiter)) yield { kind: 'content', bytes }
    }
    yield { kind: 'end' }
  }
}

class Input {
  readonly #source: AsyncIterator<Uint8Array>
  /** Starts with a line break, because the first delimiter of a form may have none before it. */
  #buffer: Buffer = Buffer.from(LINE)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Yields the bytes before a mark, and skips the mark. */
  async *until(mark: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = this.#buffer.indexOf(mark); ; at = this.#buffer.indexOf(mark)) {
      const settled = at >= 0 ? at : Math.max(0, this.#buffer.length - mark.length + 1)
      if (settled > 0) yield this.#buffer.subarray(0, settled)
      this.#buffer = this.#buffer.subarray(at >= 0 ? at + mark.length : settled)
      if (at >= 0) return
      await this.#more()
    }
  }

  async skip(mark: Uint8Array): Promise<void> {
    const pieces = this.until(mark)
    for (let next = await pieces.next(); !next.done; next = await pieces.next());
  }

  /** Reads the bytes before a blank line. The second of its two line breaks stays unread. */
  async headUpTo(blank: Uint8Array): Promise<Buffer> {
    while (this.#buffer.indexOf(blank) < 0) {
      if (this.#buffer.length > LARGE) throw new FormError('a part of the form has incomplete headers')
      await this.#more()
    }
    const at = this.#buffer.indexOf(blank)
    const head = this.#buffer.subarray(0, at)
    this.#buffer = this.#buffer.subarray(at + LINE.length)
    return head
  }

  /** Whether the input continues with a mark. If so, skips the mark. */
  async startsWith(mark: Uint8Array): Promise<boolean> {
    while (this.#buffer.length < mark.length) await this.#more()
    const isNext = this.#buffer.subarray(0, mark.length).equals(mark)
    if (isNext) this.#buffer = this.#buffer.subarray(mark.length)
    return isNext
  }

  /** Stops reading. Bytes after the last boundary are ignored. */
  async leave(): Promise<void> {
    await this.#source.return?.()
  }

  async #more(): Promise<void> {
    const next = await this.#source.next()
    if (next.done) throw new FormError('the form ends before its closing boundary')
    this.#buffer =
      this.#buffer.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#buffer, next.value])
  }
}
