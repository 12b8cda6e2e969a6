import { byKey, isPlainObject, object } from '../json/input/object.ts'
import {
  codeOnly,
  either,
  isRegExp,
  list,
  optional,
  parsed,
  type Shape,
  someString,
  string,
} from '../json/input/shape.ts'
import { escapeRegExp } from './spelling.ts'
import type { SecretMatch } from './secrets.ts'

/**
 * A user's rule. Text that matches is replaced everywhere, with `as` if it is set. A header is not recorded.
 * @example { match: /cust_[a-z0-9]{8}/, as: 'cust_redacted' }
 * @example { header: 'x-internal-trace' }
 */
export type RedactRule =
  | RegExp
  | string
  | { readonly match: RegExp | string; readonly as?: string }
  | { readonly header: string }

export interface PatternRule {
  readonly match: RegExp
  readonly as: string
}

export interface CompiledRules {
  /** Literal texts. They are also found in escaped and encoded form. */
  readonly values: readonly { readonly value: string; readonly as: string }[]
  readonly patterns: readonly PatternRule[]
  readonly headers: ReadonlySet<string>
}

const DEFAULT_PLACEHOLDER = 'secret-redacted'

const SECRET_TEXT = someString("a string, such as 'internal.example.com'")

export const SECRET_PATTERN = parsed(
  codeOnly('a regular expression, such as /cust_[a-z0-9]{8}/', isRegExp),
  (pattern, place) =>
    new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')).test('')
      ? place.refuse(
          `expected a pattern of what is secret, found ${pattern}, which matches the empty text, and so everywhere`,
        )
      : pattern,
)

const SECRET: Shape<RegExp | string> = either<RegExp | string>(
  "a string or a regular expression, such as 'internal.example.com' or /cust_[a-z0-9]{8}/",
  [SECRET_TEXT, SECRET_PATTERN],
  (value) => (typeof value === 'string' ? SECRET_TEXT : isRegExp(value) ? SECRET_PATTERN : undefined),
)

const REPLACED = object<{ readonly match: RegExp | string; readonly as?: string }>(
  "an object, such as { match: /cust_[a-z0-9]{8}/, as: 'cust_redacted' }",
  { match: SECRET, as: optional(string()) },
)

const HEADER = object<{ readonly header: string }>("an object, such as { header: 'x-internal-trace' }", {
  header: someString("the name of a header, such as 'x-internal-trace'"),
})

const OBJECT_RULE = byKey<Exclude<RedactRule, RegExp | string>>(
  "{ match, as } or { header }, such as { header: 'x-internal-trace' }",
  { match: REPLACED, header: HEADER },
)

const RULE: Shape<RedactRule> = either<RedactRule>(
  'a string, a regular expression, { match, as } or { header }, such as /cust_[a-z0-9]{8}/',
  [SECRET, OBJECT_RULE],
  (value) => {
    if (isPlainObject(value)) return OBJECT_RULE
    return typeof value === 'string' || isRegExp(value) ? SECRET : undefined
  },
)

export const REDACT_RULES: Shape<readonly RedactRule[]> = list(
  RULE,
  "a list of rules, such as [/cust_[a-z0-9]{8}/, { header: 'x-internal-trace' }]",
)

export function compileRules(rules: readonly RedactRule[]): CompiledRules {
  const values: { value: string; as: string }[] = []
  const patterns: PatternRule[] = []
  const headers = new Set<string>()
  for (const rule of rules) {
    if (typeof rule === 'object' && 'header' in rule) {
      headers.add(rule.header.toLowerCase())
      continue
    }
    const { match, as = DEFAULT_PLACEHOLDER } =
      typeof rule === 'string' || isRegExp(rule) ? { match: rule } : rule
    if (typeof match === 'string' && !as.includes(match)) values.push({ value: match, as })
    else patterns.push({ match: global(match), as })
  }
  return { values, patterns, headers }
}

export function matchesOf({ match, as }: PatternRule, text: string): SecretMatch[] {
  return [...text.matchAll(match)]
    .filter(([hit]) => hit !== '')
    .map((hit) => ({ start: hit.index, end: hit.index + hit[0].length, secret: hit[0], as }))
}

/**
 * Finds the matches in binary content.
 * @param bytes the content, decoded as Latin-1
 */
export function matchesInBytes(rule: PatternRule, bytes: string): SecretMatch[] {
  if (!BEYOND_ASCII.test(rule.match.source)) return matchesOf(rule, bytes)
  const runs: { readonly start: number; readonly end: number; readonly inBytes: number }[] = []
  let shorter = 0
  const text = bytes.replaceAll(UTF8, (run, inBytes: number) => {
    const chars = Buffer.from(run, 'latin1').toString()
    const start = inBytes - shorter
    runs.push({ start, end: start + chars.length, inBytes })
    shorter += run.length - chars.length
    return chars
  })
  let next = 0
  // Must be called with increasing positions.
  const inBytes = (at: number): number => {
    while (next < runs.length && (runs[next] as (typeof runs)[0]).start <= at) next++
    const run = runs[next - 1]
    if (run === undefined) return at
    const within = Math.min(at, run.end)
    return run.inBytes + Buffer.byteLength(text.slice(run.start, within)) + (at - within)
  }
  return matchesOf(rule, text).map(({ start, end, ...found }) => {
    return { ...found, start: inBytes(start), end: inBytes(end) }
  })
}

/** Matches the source of a pattern that may match characters outside of ASCII. */
const BEYOND_ASCII = /[^\0-\x7f]|\\[uxpP]/

/** Runs of multi-byte characters. Repetition is bounded: a match of several megabytes overflows the stack. */
const UTF8 = new RegExp(
  `(?:${[
    String.raw`[\xc2-\xdf][\x80-\xbf]`,
    String.raw`(?:\xe0[\xa0-\xbf]|\xed[\x80-\x9f]|[\xe1-\xec\xee\xef][\x80-\xbf])[\x80-\xbf]`,
    String.raw`(?:\xf0[\x90-\xbf]|\xf4[\x80-\x8f]|[\xf1-\xf3][\x80-\xbf])[\x80-\xbf]{2}`,
  ].join('|')}){1,1000}`,
  'g',
)

function global(match: RegExp | string): RegExp {
  const { source, flags } = typeof match === 'string' ? new RegExp(escapeRegExp(match)) : match
  return new RegExp(source, flags.includes('g') ? flags : `${flags}g`)
}
