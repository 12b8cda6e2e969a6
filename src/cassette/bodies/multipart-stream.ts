import { encodeText } from '../../http/bytes.ts'
import { LARGE } from '../../http/large.ts'
import { partHead, type PartHead } from './multipart.ts'

/** What a form consists of, in its order: heads of parts, each with its content behind it in pieces. */
export type FormPiece =
  | { readonly kind: 'head'; readonly head: PartHead }
  | { readonly kind: 'content'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }

/** The form does not follow its boundary. */
export class FormError extends Error {
  override readonly name = 'FormError'
}

const LINE = encodeText('\r\n')
const BLANK = encodeText('\r\n\r\n')
const DASHES = encodeText('--')

/**
 * Reads a form that is too large to be held, as `parseMultipart` reads one that is held.
 * @throws FormError where it would give none
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
    // A form that is written carelessly has one line end for the head's and the delimiter's.
    if (!(await input.startsWith(delimiter))) {
      await input.startsWith(LINE)
      for await (const bytes of input.until(delimiter)) yield { kind: 'content', bytes }
    }
    yield { kind: 'end' }
  }
}

/** Bytes that are still coming, read up to marks. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>
  /** A form may begin with its delimiter, without the line end that is in front of all others. */
  #held: Buffer = Buffer.from(LINE)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** What comes before a mark; the mark itself is passed over. */
  async *until(mark: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = this.#held.indexOf(mark); ; at = this.#held.indexOf(mark)) {
      const settled = at >= 0 ? at : Math.max(0, this.#held.length - mark.length + 1)
      if (settled > 0) yield this.#held.subarray(0, settled)
      this.#held = this.#held.subarray(at >= 0 ? at + mark.length : settled)
      if (at >= 0) return
      await this.#more()
    }
  }

  async skip(mark: Uint8Array): Promise<void> {
    const pieces = this.until(mark)
    for (let next = await pieces.next(); !next.done; next = await pieces.next());
  }

  /** What comes before a blank line, of which one line end is left. */
  async headUpTo(blank: Uint8Array): Promise<Buffer> {
    while (this.#held.indexOf(blank) < 0) {
      if (this.#held.length > LARGE) throw new FormError('a part of the form has a head without an end')
      await this.#more()
    }
    const at = this.#held.indexOf(blank)
    const head = this.#held.subarray(0, at)
    this.#held = this.#held.subarray(at + LINE.length)
    return head
  }

  /** Whether this comes next; it is passed over where it does. */
  async startsWith(mark: Uint8Array): Promise<boolean> {
    while (this.#held.length < mark.length) await this.#more()
    const isNext = this.#held.subarray(0, mark.length).equals(mark)
    if (isNext) this.#held = this.#held.subarray(mark.length)
    return isNext
  }

  /** Nothing more is wanted: what is behind the last boundary stays unread. */
  async leave(): Promise<void> {
    await this.#source.return?.()
  }

  async #more(): Promise<void> {
    const next = await this.#source.next()
    if (next.done) throw new FormError('the form ends before its last boundary')
    this.#held = this.#held.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#held, next.value])
  }
}
