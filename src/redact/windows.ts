import { type Find, type PlaceholderFor, replaced } from './replace.ts'

/** Bytes searched at once. */
const WINDOW = 256 * 1024
/** Bytes. A secret that is not longer is found wherever the windows meet. */
const REACH = 16 * 1024

export interface WindowTests {
  /** Each is applied to what the one before it left. */
  readonly finds: readonly Find[]
  readonly placeholderFor: PlaceholderFor
  /** Whether a secret is left in what was cleaned. */
  readonly leaks: (text: string) => boolean
}

/**
 * Takes secrets out of what is too large for memory, in windows that overlap. Each byte is read as a
 * character, as a secret may stand between bytes that are no text.
 */
export class WindowCleaner {
  readonly #tests: WindowTests
  readonly #window = Buffer.allocUnsafe(WINDOW)
  #length = 0
  #leaks = false

  constructor(tests: WindowTests) {
    this.#tests = tests
  }

  /** Whether a secret was found that could not be taken out. */
  get leaks(): boolean {
    return this.#leaks
  }

  /** The bytes that are clean now. Each piece is valid until the next is taken. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + WINDOW - this.#length)
      this.#window.set(taken, this.#length)
      this.#length += taken.length
      at += taken.length
      if (this.#length === WINDOW) yield* this.#cleaned((text) => this.#cut(text))
    }
  }

  /** The rest. */
  *end(): Generator<Uint8Array> {
    if (this.#length > 0) yield* this.#cleaned((text) => text.length)
  }

  *#cleaned(cutOf: (text: string) => number): Generator<Uint8Array> {
    const { finds, placeholderFor, leaks } = this.#tests
    const text = this.#window.toString('latin1', 0, this.#length)
    const cut = cutOf(text)
    const plain = text.slice(0, cut)
    const clean = replaced(plain, finds, placeholderFor)
    // Secrets that cannot be taken out may stand where the windows meet.
    this.#leaks ||= leaks(clean + replaced(text.slice(cut), finds, placeholderFor))
    yield clean === plain ? this.#window.subarray(0, cut) : Buffer.from(clean, 'latin1')
    this.#window.copyWithin(0, cut, this.#length)
    this.#length -= cut
  }

  /** A place that cuts no secret in two: after a line, else after a word, and before any secret found across it. */
  #cut(text: string): number {
    // A secret that begins before this is wholly in the window.
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

/** After the last character before `most` that is part of no key; `most` where there is none near. */
function afterWord(text: string, most: number): number {
  for (let at = most; at > most - REACH; at--) if (!WORD.test(text[at - 1] as string)) return at
  return most
}

const WORD = /[A-Za-z0-9_%\\+/=.-]/
