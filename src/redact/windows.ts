import { type Find, type PlaceholderFor, replaced } from './replace.ts'

/** In bytes. */
const WINDOW = 256 * 1024
/** In bytes. A longer secret may be missed where two windows meet. */
const REACH = 16 * 1024

export interface WindowTests {
  /** Each finder searches the result of the finder before it. */
  readonly finds: readonly Find[]
  readonly placeholderFor: PlaceholderFor
  /** Whether redacted text still contains a secret. */
  readonly leaks: (text: string) => boolean
}

/**
 * Redacts a body that is too large for memory, in overlapping windows. The bytes are decoded as Latin-1,
 * so that secrets in binary data are found.
 */
export class WindowCleaner {
  readonly #tests: WindowTests
  readonly #window = Buffer.allocUnsafe(WINDOW)
  #length = 0
  #leaks = false

  constructor(tests: WindowTests) {
    this.#tests = tests
  }

  /** Whether a secret was found that could not be redacted. */
  get leaks(): boolean {
    return this.#leaks
  }

  /** Yields redacted bytes. A piece is valid only until the next one is requested. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + WINDOW - this.#length)
      this.#window.set(taken, this.#length)
      this.#length += taken.length
      at += taken.length
      if (this.#length === WINDOW) yield* this.#cleaned((text) => this.#cut(text))
    }
  }

  /** Yields the rest of the redacted bytes. */
  *end(): Generator<Uint8Array> {
    if (this.#length > 0) yield* this.#cleaned((text) => text.length)
  }

  *#cleaned(cutOf: (text: string) => number): Generator<Uint8Array> {
    const { finds, placeholderFor, leaks } = this.#tests
    const text = this.#window.toString('latin1', 0, this.#length)
    const cut = cutOf(text)
    const plain = text.slice(0, cut)
    const clean = replaced(plain, finds, placeholderFor)
    // A secret that cannot be redacted may cross the cut, so the text after it is tested as well.
    this.#leaks ||= leaks(clean + replaced(text.slice(cut), finds, placeholderFor))
    yield clean === plain ? this.#window.subarray(0, cut) : Buffer.from(clean, 'latin1')
    this.#window.copyWithin(0, cut, this.#length)
    this.#length -= cut
  }

  /** An index that does not split a secret: after a line or a word, and before any secret that would cross it. */
  #cut(text: string): number {
    // A secret that begins before this index also ends in the window.
    const most = text.length - REACH
    const line = text.lastIndexOf('\n', most - 1) + 1
    let cut = line > most - REACH ? line : afterWord(text, most)
    const from = most - 2 * REACH
    const near = text.slice(from)
    const found = this.#tests.finds.flatMap((find) => find(near))
    for (const { start, end } of found.toSorted((one, other) => other.start - one.start))
      if (start + from < cut && end + from > cut) cut = start + from
    return cut
  }
}

/** The index after the last character before `most` that cannot be part of a key. `most` if there is none nearby. */
function afterWord(text: string, most: number): number {
  for (let at = most; at > most - REACH; at--) if (!WORD.test(text[at - 1] as string)) return at
  return most
}

const WORD = /[A-Za-z0-9_%\\+/=.-]/
