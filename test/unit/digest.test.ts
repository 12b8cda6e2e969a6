import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Digests } from '../../src/match/near-miss/similarity/digest.ts'
import { diffJson } from '../../src/match/near-miss/json-diff.ts'
import { canonicalJson, type Json, parseJson } from '../../src/json/json.ts'
import { jsonText } from '../support/arbitraries.ts'

test('digests are equal where canonical JSON is, and there only', () => {
  const digests = new Digests()
  fc.assert(
    fc.property(jsonText, jsonText, (a, b) => {
      const [one, other] = [parseJson(a) as Json, parseJson(b) as Json]
      expect(digests.of(one) === digests.of(other)).toBe(canonicalJson(one) === canonicalJson(other))
    }),
    { numRuns: 2000 },
  )
})

test('texts that are hard to tell apart have other digests', () => {
  const digests = new Digests()
  const texts: Json[] = [
    '',
    'a',
    'a\0',
    'a\u8000',
    'aa',
    'aaa',
    '1',
    1,
    1n,
    true,
    'true',
    null,
    'null',
    [],
    {},
  ]
  const told = new Set(texts.map((text) => digests.of(text)))
  // 1 and 1n are one JSON value.
  expect(told.size).toBe(texts.length - 1)
})

test('two values differ in some place exactly when they are not equal', () => {
  fc.assert(
    fc.property(jsonText, jsonText, (a, b) => {
      const [one, other] = [parseJson(a) as Json, parseJson(b) as Json]
      expect(diffJson(one, other, 99).length > 0).toBe(canonicalJson(one) !== canonicalJson(other))
    }),
    { numRuns: 2000 },
  )
})
