import type { SecretShapes } from './shapes.ts'
import { spelling } from './spelling.ts'

export interface SecretMatch {
  readonly start: number
  readonly end: number
  /** The secret itself, without escapes. */
  readonly secret: string
  /** The user's own placeholder. */
  readonly as?: string
}

/** In characters. Shorter values are not searched for, because they would match ordinary words. */
export const MIN_SECRET_LENGTH = 12

interface KnownSecret {
  readonly value: string
  readonly as?: string
  /** The longest run of letters and digits in the value. No encoding changes it, unless letters are escaped. */
  readonly anchor: string
  readonly exactly: RegExp
}

/** Finds secrets in text: known values in any encoding, and texts that look like keys. */
export class SecretFinder {
  readonly #shapes: SecretShapes
  readonly #known = new Map<string, KnownSecret>()
  /** Caches the pattern for each set of values. */
  readonly #patterns = new Map<string, RegExp>()

  constructor(shapes: SecretShapes) {
    this.#shapes = shapes
  }

  /**
   * Adds known values.
   * @param as the user's own placeholder
   */
  learn(values: Iterable<string>, as?: string): void {
    for (const value of values) {
      if (this.#known.has(value)) continue
      const exactly = new RegExp(`^(?:${spelling(value)})$`)
      this.#known.set(value, { value, anchor: anchorOf(value), exactly, ...(as === undefined ? {} : { as }) })
    }
  }

  /** The number of known values. */
  get size(): number {
    return this.#known.size
  }

  /** The secrets in a text, in order and without overlaps. */
  find(text: string): SecretMatch[] {
    const known = this.#findKnown(text)
    return withoutOverlaps(known, findKeys(text, new Set(known.map(({ end }) => end)), this.#shapes))
  }

  #findKnown(text: string): SecretMatch[] {
    const all = [...this.#known.values()]
    const possible = (
      ESCAPED_LETTER.test(text) ? all : all.filter(({ anchor }) => text.includes(anchor))
    ).map(({ value }) => value)
    if (possible.length === 0) return []
    const key = JSON.stringify(possible)
    const pattern = this.#patterns.get(key) ?? patternOf(possible)
    this.#patterns.set(key, pattern)
    const byHit = new Map<string, KnownSecret>()
    return [...text.matchAll(pattern)].map(({ 0: hit, index: start }) => {
      const known = byHit.get(hit) ?? (all.find(({ exactly }) => exactly.test(hit)) as KnownSecret)
      byHit.set(hit, known)
      const { value, as } = known
      return { start, end: start + hit.length, secret: value, ...(as === undefined ? {} : { as }) }
    })
  }
}

/** Finds texts that look like keys. Skips placeholders. */
function findKeys(text: string, knownEnds: ReadonlySet<number>, shapes: SecretShapes): SecretMatch[] {
  const found: SecretMatch[] = []
  const { placeholders, shortestPrefix } = shapes
  const pattern = new RegExp(shapes.placeholderOrKey)
  let past = -1
  const endsSecret = (at: number): boolean => at === past || knownEnds.has(at)
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { 0: hit, index: start } = match
    const isKeyStart = startsWord(text, start) || numbersBefore(text, start).some(endsSecret)
    if (match.groups?.['placeholder'] !== undefined) past = pattern.lastIndex
    else if (isKeyStart && isKeyLike(placeholders.before(hit))) {
      past = start + placeholders.before(text.slice(start, runEnd(text, start + hit.length))).length
      found.push({ start, end: past, secret: text.slice(start, past) })
      pattern.lastIndex = past
    } else pattern.lastIndex = start + shortestPrefix
  }
  return found
}

/** Resolves overlaps: an enclosing match wins, otherwise the first match is cut where the second begins. */
function withoutOverlaps(known: readonly SecretMatch[], keys: readonly SecretMatch[]): SecretMatch[] {
  const out: SecretMatch[] = []
  const sorted = [...known, ...keys].toSorted((a, b) => a.start - b.start || b.end - a.end)
  for (const each of sorted) {
    const last = out.at(-1)
    if (last === undefined || each.start >= last.end) out.push(each)
    else if (each.end > last.end) {
      out.pop()
      out.push({ ...last, end: each.start }, each)
    }
  }
  return out
}

/** Matches an escaped letter or digit: `\u0041`, `%41`. */
const ESCAPED_LETTER = /\\u00[3-7]|%(?:25)*[3-7]/

function anchorOf(value: string): string {
  return value.split(/[^A-Za-z0-9]+/).toSorted((a, b) => b.length - a.length)[0] ?? ''
}

/** Longer values come first, because one value may be the prefix of another. */
function patternOf(values: readonly string[]): RegExp {
  return new RegExp(
    values
      .toSorted((a, b) => b.length - a.length)
      .map(spelling)
      .join('|'),
    'g',
  )
}

/** Indices where a number directly before `at` may begin. After a secret, it looks like part of the placeholder. */
function numbersBefore(text: string, at: number): number[] {
  const number = /-?\d*$/.exec(text.slice(Math.max(0, at - 6), at))?.[0].length ?? 0
  return Array.from({ length: number + 1 }, (_, i) => at - i)
}

function runEnd(text: string, from: number): number {
  const other = /[^A-Za-z0-9_-]/g
  other.lastIndex = from
  return other.exec(text)?.index ?? text.length
}

/** Whether a word begins at `at`. A key never begins inside a word. An escape (`\n`, `%20`) ends a word. */
function startsWord(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9]/.test(text[at - 1] as string)) return true
  return /(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|%(?:25){0,3}[0-9A-Fa-f]{2})$/.test(
    text.slice(Math.max(0, at - 9), at),
  )
}

/** Tells keys from words joined by dashes: a key contains a long run of letters and digits that is not a word. */
export function isKeyLike(text: string): boolean {
  const tail = text.replace(/^[a-z]+[-_]/, '')
  return tail
    .split(/[^A-Za-z0-9]+/)
    .some(
      (run) =>
        run.length >= 24 ||
        (run.length >= 12 && (/\d/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run)))),
    )
}
