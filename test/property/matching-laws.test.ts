import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import { matchingOf } from '../../src/vcr/open-library.ts'
import { openai } from '../../src/openai/dialect.ts'
import type { MatcherOptions } from '../../src/match/rules.ts'
import { runs } from '../support/long.ts'

/** The laws of matching hold under any rules, so requests and rules are drawn from one small world. */
const KEYS = ['a', 'b', 'c'] as const
const leaf = fc.constantFrom<unknown>(0, 1, 'x', 'X', '2026-01-02', '2027-03-04', true, null)

const body = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const step = fc.constantFrom(...KEYS.map((key) => `.${key}`), '[0]', '[1]', '[*]', '.*')
const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `$${steps.join('')}`)
const rules: fc.Arbitrary<MatcherOptions> = fc.record(
  {
    ignore: fc.array(path, { maxLength: 2 }),
    only: fc.array(path, { maxLength: 2 }),
    volatile: fc.constantFrom<MatcherOptions['volatile'] & object>([], ['dates']),
    normalize: fc.constantFrom<MatcherOptions['normalize'] & object>([], [{ match: /x/i, as: 'x' }]),
  },
  { requiredKeys: [] },
)

const request = (value: unknown): RecordedRequest => ({
  method: 'POST',
  path: '/v1/x',
  headers: [],
  body: { kind: 'json', text: JSON.stringify(value) },
})

function matches(by: MatcherOptions, a: unknown, b: unknown): boolean {
  const { identify } = matchingOf(by, openai)
  return identify(request(a)).fingerprint === identify(request(b)).fingerprint
}

/** The same value with its members the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, each]) => [key, reordered(each)]),
  )
}

/** The ways to all leaves of a value. */
function leaves(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [way]
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return members.flatMap(([key, each]) => leaves(each, [...way, key as string | number]))
}

function changed(value: unknown, [key, ...rest]: readonly (string | number)[]): unknown {
  if (key === undefined) return typeof value === 'string' ? `${value}!` : 'changed'
  if (Array.isArray(value)) return value.with(key as number, changed(value[key as number], rest))
  return { ...(value as object), [key]: changed((value as Record<string, unknown>)[key], rest) }
}

const pathTo = (way: readonly (string | number)[]): string =>
  `$${way.map((each) => (typeof each === 'number' ? `[${each}]` : `.${each}`)).join('')}`

test('a request matches itself, whatever the rules', () => {
  fc.assert(
    fc.property(rules, body, (by, a) => {
      expect(matches(by, a, structuredClone(a))).toBe(true)
    }),
  )
})

test('one matches another as the other matches it, and what matches one of two that match matches both', () => {
  fc.assert(
    fc.property(rules, body, body, body, (by, a, b, c) => {
      expect(matches(by, a, b)).toBe(matches(by, b, a))
      if (matches(by, a, b) && matches(by, b, c)) expect(matches(by, a, c)).toBe(true)
    }),
    { numRuns: runs(500) },
  )
})

test('the order of members never counts, whatever the rules', () => {
  fc.assert(
    fc.property(rules, body, (by, a) => {
      expect(matches(by, a, reordered(a))).toBe(true)
    }),
  )
})

test('every leaf counts without rules; one that is ignored does not, and the others still do', () => {
  fc.assert(
    fc.property(body, fc.nat(), fc.nat(), (a, first, second) => {
      const ways = leaves(a).filter((way) => way.length > 0)
      const [one, other] = [ways[first % ways.length], ways[second % ways.length]]
      if (one === undefined || other === undefined) return
      expect(matches({}, a, changed(a, one))).toBe(false)
      const ignoring = { ignore: [pathTo(one)] }
      expect(matches(ignoring, a, changed(a, one))).toBe(true)
      expect(matches(ignoring, a, changed(a, other))).toBe(pathTo(one) === pathTo(other))
    }),
    { numRuns: runs(500) },
  )
})

test('rules only ever let more match: what is equal stays equal', () => {
  fc.assert(
    fc.property(rules, body, body, (by, a, b) => {
      if (matches({}, a, b)) expect(matches(by, a, b)).toBe(true)
      if (matches({ ignore: by.ignore ?? [] }, a, b)) {
        expect(matches({ ignore: by.ignore ?? [], volatile: ['dates'] }, a, b)).toBe(true)
      }
    }),
    { numRuns: runs(500) },
  )
})
