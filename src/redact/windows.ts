import { type Find, replaced } from './replace.ts'
import type { Found } from './secrets.ts'

/** Looked through at once, in bytes. */
const WINDOW = 256 * 1024
/** A secret that is no longer than this is found wherever the windows meet. */
const REACH = 16 * 1024

export interface WindowTests {
  /** Ways of finding what is to go, each in what the one before it left. */
  readonly finds: readonly Find[]
  readonly standIn: (found: Found) => string
  /** Whether a secret is left in what was cleaned. */
  readonly leaks: (text: string) => boolean
}

/**
 * Takes secrets out of what is too large to be held, in windows that overlap. Bytes are read a
 * character each, as a secret may stand between bytes that are no text.
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

  /** What is settled by these bytes, of those that came before them and of their own: each piece until the next is asked for. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + WINDOW - this.#length)
      this.#window.set(taken, this.#length)
      this.#length += taken.length
      at += taken.length
      if (this.#length === WINDOW) yield* this.#settled((text) => this.#cut(text))
    }
  }

  /** The rest. */
  *end(): Generator<Uint8Array> {
    if (this.#length > 0) yield* this.#settled((text) => text.length)
  }

  *#settled(cutOf: (text: string) => number): Generator<Uint8Array> {
    const { finds, standIn, leaks } = this.#tests
    const text = this.#window.toString('latin1', 0, this.#length)
    const cut = cutOf(text)
    const plain = text.slice(0, cut)
    const clean = replaced(plain, finds, standIn)
    // Secrets that cannot be taken out may stand where the windows meet.
    this.#leaks ||= leaks(clean + replaced(text.slice(cut), finds, standIn))
    yield clean === plain ? this.#window.subarray(0, cut) : Buffer.from(clean, 'latin1')
    this.#window.copyWithin(0, cut, this.#length)
    this.#length -= cut
  }

  /** Where no secret is cut in two: behind a line, else behind a word, and in front of any that is found across it. */
  #cut(text: string): number {
    // All of a secret that begins in front of this is in the window.
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

/** Behind the last character before `most` that no key has in it; `most` where there is none near. */
function afterWord(text: string, most: number): number {
  for (let at = most; at > most - REACH; at--) if (!WORD.test(text[at - 1] as string)) return at
  return most
}

const WORD = /[A-Za-z0-9_%\\+/=.-]/
