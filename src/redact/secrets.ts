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

  /** The secrets in a text, in their order; none overlaps another. */
  find(text: string): Found[] {
    const known = this.#findKnown(text)
    return withoutOverlaps(known, findShapes(text, new Set(known.map(({ end }) => end))))
  }

  #findKnown(text: string): Found[] {
    const all = [...this.#known.values()]
    const possible = (
      ESCAPED_LETTER.test(text) ? all : all.filter(({ anchor }) => text.includes(anchor))
    ).map(({ value }) => value)
    if (possible.length === 0) return []
    const key = JSON.stringify(possible)
    const pattern = this.#patterns.get(key) ?? patternOf(possible)
    this.#patterns.set(key, pattern)
    const meant = new Map<string, Known>()
    return [...text.matchAll(pattern)].map(({ 0: hit, index: start }) => {
      const known = meant.get(hit) ?? (all.find(({ exactly }) => exactly.test(hit)) as Known)
      meant.set(hit, known)
      const { value, as } = known
      return { start, end: start + hit.length, secret: value, ...(as === undefined ? {} : { as }) }
    })
  }
}

const PLACEHOLDER_OR_SHAPE = new RegExp(`(?<placeholder>${PLACEHOLDER_START})|${SHAPE}`, 'g')

/** What is shaped like a key. Placeholders are passed over, whatever follows them. */
function findShapes(text: string, knownEnds: ReadonlySet<number>): Found[] {
  const found: Found[] = []
  const pattern = new RegExp(PLACEHOLDER_OR_SHAPE)
  let past = -1
  const endsSecret = (at: number): boolean => at === past || knownEnds.has(at)
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { 0: hit, index: start } = match
    const isFresh = startsFresh(text, start) || numbersBefore(text, start).some(endsSecret)
    if (match.groups?.['placeholder'] !== undefined) past = pattern.lastIndex
    else if (isFresh && isKeyLike(beforePlaceholder(hit))) {
      past = start + beforePlaceholder(text.slice(start, runEnd(text, start + hit.length))).length
      found.push({ start, end: past, secret: text.slice(start, past) })
      pattern.lastIndex = past
    } else pattern.lastIndex = start + SHORTEST_PREFIX
  }
  return found
}

/** Of two that overlap, the one that holds the other; where neither does, the known value, and what of the shape is before it. */
function withoutOverlaps(known: readonly Found[], shapes: readonly Found[]): Found[] {
  const out: Found[] = []
  const sorted = [...known, ...shapes].toSorted((a, b) => a.start - b.start || b.end - a.end)
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

/** A letter or digit as `\u0041` or `%41`. */
const ESCAPED_LETTER = /\\u00[3-7]|%(?:25)*[3-7]/

function anchorOf(value: string): string {
  return value.split(/[^A-Za-z0-9]+/).toSorted((a, b) => b.length - a.length)[0] ?? ''
}

/** Longer values first: one may begin with another. */
function patternOf(values: readonly string[]): RegExp {
  return new RegExp(
    values
      .toSorted((a, b) => b.length - a.length)
      .map(spelling)
      .join('|'),
    'g',
  )
}

/** Where a number before `at` may begin: behind a secret it is that of a placeholder, or will look like one. */
function numbersBefore(text: string, at: number): number[] {
  const number = /-?\d*$/.exec(text.slice(Math.max(0, at - 6), at))?.[0].length ?? 0
  return Array.from({ length: number + 1 }, (_, i) => at - i)
}

function beforePlaceholder(run: string): string {
  const at = run.search(PLACEHOLDER_START)
  return at < 0 ? run : run.slice(0, at)
}

function runEnd(text: string, from: number): number {
  const other = /[^A-Za-z0-9_-]/g
  other.lastIndex = from
  return other.exec(text)?.index ?? text.length
}

/** A shape inside a longer word is no key; one behind a secret or an escape (`\n`, `%20`) begins a word. */
function startsFresh(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9]/.test(text[at - 1] as string)) return true
  return /(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|%(?:25){0,3}[0-9A-Fa-f]{2})$/.test(
    text.slice(Math.max(0, at - 9), at),
  )
}

/** Ordinary words joined by dashes are no key: a key has a long run that is no word. */
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
