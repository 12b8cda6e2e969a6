/** Finds secrets in text: known values in whatever form they are written, and whatever is shaped like a key. */

export interface Found {
  readonly start: number
  readonly end: number
  /** The secret itself, as it was before any escaping. */
  readonly secret: string
}

/** Known values shorter than this are left alone: they would hit ordinary words. */
export const MIN_SECRET_LENGTH = 12

/** `sk-`, `sess-`, `ek_`, organisation and project ids, with what may follow. Without a bound a long run overflows the stack. */
const SHAPES = '(?:sk-|sess-|ek_|org-|proj_)[A-Za-z0-9_-]{16,4096}'

export class SecretFinder {
  readonly #values = new Map<string, string>()
  #pattern = new RegExp(SHAPES, 'g')

  /** Adds known values. */
  learn(values: Iterable<string>): void {
    const unknown = [...values].filter((value) => value.length >= MIN_SECRET_LENGTH && !this.#values.has(value))
    if (unknown.length === 0) return
    for (const value of unknown) for (const form of formsOf(value)) this.#values.set(form, value)
    const known = [...this.#values.keys()].toSorted((a, b) => b.length - a.length).map(escapeRegExp)
    this.#pattern = new RegExp([...known, SHAPES].join('|'), 'g')
  }

  /** How many values are known. */
  get size(): number {
    return this.#values.size
  }

  find(text: string): Found[] {
    const found: Found[] = []
    for (const match of text.matchAll(this.#pattern)) {
      const [hit] = match
      const known = this.#values.get(hit)
      if (known === undefined && !(startsFresh(text, match.index) && isKeyLike(hit))) continue
      found.push({ start: match.index, end: match.index + hit.length, secret: known ?? hit })
    }
    return found
  }
}

/** The ways in which a value is written inside JSON, JSON within JSON, and a URL. */
function formsOf(value: string): Set<string> {
  const inJson = JSON.stringify(value).slice(1, -1)
  const inUrl = encodeURIComponent(value)
  return new Set([
    value,
    inJson,
    inJson.replaceAll('/', String.raw`\/`),
    JSON.stringify(inJson).slice(1, -1),
    inUrl,
    inUrl.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    inUrl.replaceAll('%20', '+'),
  ])
}

/** A shape inside a longer word is no key; one behind an escape (`\n`, `%20`) begins a word. */
function startsFresh(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9]/.test(text[at - 1] as string)) return true
  return /(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|%[0-9A-Fa-f]{2})$/.test(text.slice(Math.max(0, at - 6), at))
}

/** Ordinary words joined by dashes are no key: a key has a long run that is no word. */
export function isKeyLike(text: string): boolean {
  const tail = text.replace(/^[a-z]+[-_]/, '')
  const longest = Math.max(...tail.split(/[^A-Za-z0-9]+/).map((run) => run.length))
  if (longest < 12) return false
  return /\d/.test(tail) || (/[a-z]/.test(tail) && /[A-Z]/.test(tail)) || longest >= 24
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)
}
