import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffJson } from '../../src/match/near-miss/json-diff.ts'
import { canonicalJson, type Json, parseJson } from '../../src/json/json.ts'
import { compactJson, prettyJson } from '../../src/json/layout.ts'
import { jsonText } from '../support/arbitraries.ts'
import { runs } from '../support/long.ts'

test('the layout for reading changes white space and nothing else', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect(compactJson(prettyJson(text))).toBe(compactJson(text))
      expect(prettyJson(prettyJson(text))).toBe(prettyJson(text))
      expect(JSON.parse(prettyJson(text))).toEqual(JSON.parse(text))
      expect(JSON.parse(compactJson(text))).toEqual(JSON.parse(text))
    }),
    { numRuns: runs(1000) },
  )
})

test('compact text of what JSON.stringify prints is the same text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value))
    }),
  )
})

test('numbers keep the digits with which they were written', () => {
  const text = '[1.0, 1e-05, -0, 12345678901234567890, 0.10, 1E400]'
  expect(compactJson(prettyJson(text))).toBe('[1.0,1e-05,-0,12345678901234567890,0.10,1E400]')
})

test('canonical JSON does not know the order of keys, and knows everything else', () => {
  fc.assert(
    fc.property(jsonText, jsonText, (a, b) => {
      const [left, right] = [parseJson(a) as Json, parseJson(b) as Json]
      expect(canonicalJson(shuffled(left))).toBe(canonicalJson(left))
      expect(canonicalJson(left) === canonicalJson(right)).toBe(diffJson(left, right, 1).length === 0)
    }),
    { numRuns: runs(1000) },
  )
})

test('canonical JSON of a safe value parses back to it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false } as object), (value) => {
      expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('integers that a double cannot hold stay apart', () => {
  const of = (text: string): string => canonicalJson(parseJson(text) as Json)
  expect(of('{"seed":12345678901234567890}')).not.toBe(of('{"seed":12345678901234567891}'))
  expect(of('9007199254740993')).not.toBe(of('9007199254740992'))
})

test('a member called __proto__ is a member like any other', () => {
  const of = (text: string): Json => parseJson(text) as Json
  expect(canonicalJson(of('{"__proto__":{"a":1}}'))).not.toBe(canonicalJson(of('{"__proto__":{"a":2}}')))
  expect(diffJson(of('{"__proto__":1}'), of('{}'), 9)).toHaveLength(1)
  expect(
    diffJson(of('{"__proto__":12345678901234567890}'), of('{"__proto__":12345678901234567891}'), 9),
  ).toHaveLength(1)
})

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as { [key: string]: Json })
  return Object.fromEntries(entries.toReversed().map(([key, each]) => [key, shuffled(each)]))
}
