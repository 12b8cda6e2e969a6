/** Begins the placeholder of a secret that has none of the known prefixes. */
const OTHER = 'secret-'

/**
 * What replaces secrets. A placeholder keeps the prefix of its secret, so that what reads the text still sees
 * a key where there was a key: `sk-redacted`, `sk-redacted-2`.
 */
export class Placeholders {
  /** Source of a pattern for how every placeholder begins, whatever follows it. */
  readonly start: string
  /** Source of a pattern for a whole placeholder. */
  readonly whole: string
  readonly #prefix: RegExp
  readonly #some: RegExp
  readonly #all: RegExp

  /** @param prefixes sources of patterns */
  constructor(prefixes: readonly string[]) {
    this.start = `(?:${[...prefixes, OTHER].join('|')})redacted`
    this.whole = String.raw`${this.start}(?:-\d+)?`
    this.#prefix = new RegExp(`^(?:${prefixes.join('|')})`)
    this.#some = new RegExp(this.start)
    this.#all = new RegExp(this.whole, 'g')
  }

  /** The beginning of a secret's placeholder: its own, where that is known. */
  prefixOf(secret: string): string {
    return this.#prefix.exec(secret)?.[0] ?? OTHER
  }

  isPlaceholder(text: string): boolean {
    return text.replace(this.#all, '') === ''
  }

  isIn(text: string): boolean {
    return this.#some.test(text)
  }

  /** The text up to the first placeholder. */
  before(text: string): string {
    const at = text.search(this.#some)
    return at < 0 ? text : text.slice(0, at)
  }

  /** A placeholder without a number, for bytes: those are compared by their hash, which a number would change. */
  inBytes(secret: string): string {
    return `${this.prefixOf(secret)}redacted`
  }

  /** Numbers placeholders by their order in this text: texts that differ in numbering alone become equal. */
  renumber(text: string): string {
    const seen = new Map<string, string>()
    const counts = new Map<string, number>()
    return text.replace(this.#all, (placeholder) => {
      const known = seen.get(placeholder)
      if (known !== undefined) return known
      const unnumbered = placeholder.slice(0, placeholder.lastIndexOf('redacted') + 'redacted'.length)
      const count = (counts.get(unnumbered) ?? 0) + 1
      counts.set(unnumbered, count)
      const renumbered = numbered(unnumbered, count)
      seen.set(placeholder, renumbered)
      return renumbered
    })
  }
}

/** Remembers which placeholder stands for which value, so that one value always gets the same. */
export class PlaceholderBook {
  readonly #placeholders: Placeholders
  readonly #byPrefix = new Map<string, Map<string, string>>()

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders
  }

  placeholder(secret: string, prefix: string = this.#placeholders.prefixOf(secret)): string {
    const known = this.#byPrefix.get(prefix) ?? new Map<string, string>()
    this.#byPrefix.set(prefix, known)
    const placeholder = known.get(secret) ?? numbered(`${prefix}redacted`, known.size + 1)
    known.set(secret, placeholder)
    return placeholder
  }
}

function numbered(placeholder: string, number: number): string {
  return number === 1 ? placeholder : `${placeholder}-${number}`
}
