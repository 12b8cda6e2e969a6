import type { Output } from '../terminal/world.ts'

/** Writes text that arrives in pieces, each word as soon as it is whole, and breaks lines between words. */
export class WrappedText {
  readonly #output: Output
  readonly #indent: string
  readonly #width: number
  /** The end of the text so far: a word that may still go on. */
  #word = ''
  #column = 0

  /** @param width where a line ends, its indent included */
  constructor(output: Output, indent: string, width: number) {
    this.#output = output
    this.#indent = indent
    this.#width = width
  }

  write(piece: string): void {
    const words = (this.#word + piece).split(/\s+/)
    this.#word = words.pop() ?? ''
    for (const word of words) this.#put(word)
  }

  end(): void {
    this.#put(this.#word)
    this.#output.write('\n')
  }

  #put(word: string): void {
    if (word === '') return
    const isFirst = this.#column === 0
    const fits = this.#column + 1 + word.length <= this.#width
    const before = isFirst ? this.#indent : fits ? ' ' : `\n${this.#indent}`
    this.#output.write(before + word)
    this.#column = word.length + (isFirst || !fits ? this.#indent.length : this.#column + 1)
  }
}
