import { PLACEHOLDER_START } from './placeholders.ts'
import { spelling } from './spelling.ts'

/** Finds secrets in text: known values in whatever form they are written, and whatever is shaped like a key. */

export interface Found {
  readonly start: number
  readonly end: number
  /** The secret itself, as it was before any escaping. */
  readonly secret: string
  /** What the user wants in its place. */
  readonly as?: string
}

/** Known values shorter than this are left alone: they would hit ordinary words. */
export const MIN_SECRET_LENGTH = 12

/** How keys, ephemeral keys, organisation and project ids begin. */
export const KEY_PREFIX = '(?:sk-|sess-|ek_|org-|proj_)'

/** So much of a shape tells whether it is a key; the rest of its run belongs to it all the same. */
const SHAPE = `${KEY_PREFIX}[A-Za-z0-9_-]{16,128}`
const SHORTEST_PREFIX = 3

interface Known {
  readonly value: string
  readonly as?: string
  /** A part of the value that is written as it is, wherever letters are not escaped. */
  readonly anchor: string
  readonly exactly: RegExp
}

export class SecretFinder {
  readonly #known = new Map<string, Known>()
  /** Patterns for the values that a text may hold: most hold none, and that is quickly seen. */
  readonly #patterns = new Map<string, RegExp>()

  /**
   * Adds known values.
   * @param as what the user wants in their place
   */
  learn(values: Iterable<string>, as?: string): void {
    for (const value of values) {
      if (this.#known.has(value)) continue
      const exactly = new RegExp(`^(?:${spelling(value)})$`)
      this.#known.set(value, { value, anchor: anchorOf(value), exactly, ...(as === undefined ? {} : { as }) })
    }
  }

  /** How many values are known. */
  get size(): number {
    return this.#known.size
  }

  find(text: string): Found[] {
    const found: Found[] = []
    const pattern = this.#patternFor(text)
    pattern.lastIndex = 0
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const { index: start } = match
      const hit = match[0]
      if (match.groups?.['placeholder'] !== undefined) continue
      const known = this.#knownAs(hit)
      if (known !== undefined) {
        found.push({ start, end: start + hit.length, secret: known.value, ...(known.as === undefined ? {} : { as: known.as }) })
      } else if (startsFresh(text, start) && isKeyLike(hit)) {
        const end = runEnd(text, start + hit.length)
        found.push({ start, end, secret: text.slice(start, end) })
        pattern.lastIndex = end
      } else pattern.lastIndex = start + SHORTEST_PREFIX
    }
    return found
  }

  #patternFor(text: string): RegExp {
    const all = [...this.#known.values()]
    const possible = (ESCAPED_LETTER.test(text) ? all : all.filter(({ anchor }) => text.includes(anchor))).map(({ value }) => value)
    const key = JSON.stringify(possible)
    const pattern = this.#patterns.get(key) ?? patternOf(possible)
    this.#patterns.set(key, pattern)
    return pattern
  }

  #knownAs(hit: string): Known | undefined {
    for (const known of this.#known.values()) if (known.exactly.test(hit)) return known
    return undefined
  }
}

/** A letter or digit as `\u0041` or `%41`. */
const ESCAPED_LETTER = /\\u00[3-7]|%(?:25)*[3-7]/

function anchorOf(value: string): string {
  return value.split(/[^A-Za-z0-9]+/).toSorted((a, b) => b.length - a.length)[0] ?? ''
}

/** Longer values first: one may begin with another. Placeholders are passed over, whatever follows them. */
function patternOf(values: readonly string[]): RegExp {
  const known = values.toSorted((a, b) => b.length - a.length).map(spelling)
  return new RegExp([`(?<placeholder>${PLACEHOLDER_START})`, ...known, SHAPE].join('|'), 'g')
}

function runEnd(text: string, from: number): number {
  const run = /[A-Za-z0-9_-]*/y
  run.lastIndex = from
  run.test(text)
  return run.lastIndex
}

/** A shape inside a longer word is no key; one behind an escape (`\n`, `%20`) begins a word. */
function startsFresh(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9]/.test(text[at - 1] as string)) return true
  return /(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|%[0-9A-Fa-f]{2})$/.test(text.slice(Math.max(0, at - 6), at))
}

/** Ordinary words joined by dashes are no key: a key has a long run that is no word. */
export function isKeyLike(text: string): boolean {
  const tail = text.replace(/^[a-z]+[-_]/, '')
  return tail.split(/[^A-Za-z0-9]+/).some(
    (run) => run.length >= 24 || (run.length >= 12 && (/\d/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run)))),
  )
}
