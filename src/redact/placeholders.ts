/** The prefix of placeholders for secrets without a known prefix. */
const OTHER = 'secret-'

/**
 * The format of placeholders. A placeholder keeps the prefix of its secret, so that a redacted key
 * still looks like a key: `sk-redacted`, `sk-redacted-2`.
 */
export class Placeholders {
  /** The source of a pattern that matches the beginning of every placeholder, without its number. */
  readonly startPattern: string
  /** The source of a pattern that matches a complete placeholder. */
  readonly fullPattern: string
  readonly #prefix: RegExp
  readonly #startMatcher: RegExp
  readonly #fullMatcher: RegExp

  /** @param prefixes the sources of patterns for prefixes of secrets */
  constructor(prefixes: readonly string[]) {
    this.startPattern = `(?:${[...prefixes, OTHER].join('|')})redacted`
    this.fullPattern = String.raw`${this.startPattern}(?:-\d+)?`
    this.#prefix = new RegExp(`^(?:${prefixes.join('|')})`)
    this.#startMatcher = new RegExp(this.startPattern)
    this.#fullMatcher = new RegExp(this.fullPattern, 'g')
  }

  /** The prefix of a secret's placeholder: the secret's own prefix if it is a known one. */
  prefixOf(secret: string): string {
    return this.#prefix.exec(secret)?.[0] ?? OTHER
  }

  isPlaceholder(text: string): boolean {
    return text.replace(this.#fullMatcher, '') === ''
  }

  isIn(text: string): boolean {
    return this.#startMatcher.test(text)
  }

  /** The text up to the first placeholder. */
  before(text: string): string {
    const at = text.search(this.#startMatcher)
    return at < 0 ? text : text.slice(0, at)
  }

  /** A placeholder for binary content. It has no number, because it would change the hash that is compared. */
  inBytes(secret: string): string {
    return `${this.prefixOf(secret)}redacted`
  }

  /** Numbers placeholders by their order in the text, so that texts that differ only in numbering become equal. */
  renumber(text: string): string {
    const seen = new Map<string, string>()
    const counts = new Map<string, number>()
    return text.replace(this.#fullMatcher, (placeholder) => {
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

/** Assigns placeholders to secrets. A secret always gets the same placeholder. */
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
