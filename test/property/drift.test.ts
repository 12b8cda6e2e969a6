import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCassette, printCassette } from '../../src/cassette/notation/text.ts'
import { driftOf } from '../../src/drift/drift.ts'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'
import { cassette } from '../support/arbitrary-cassettes.ts'
import { events, json, changesBetween, textsOf } from '../support/drifting.ts'
import { runs } from '../support/long.ts'

type Value = null | boolean | number | string | Value[] | { [key: string]: Value }
type Members = { [key: string]: Value }

/** Names that mean something, beside such that do not: items are named by some, values left out by others. */
const name = fc.constantFrom(
  'a',
  'b',
  'type',
  'name',
  'role',
  'id',
  'content',
  'output',
  'tool_calls',
  'function',
  'index',
  'status',
)

const { members } = fc.letrec<{ members: Members; value: Value }>((tie) => ({
  members: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, '', 'x', 'y', 'call_a1b2c3d4e5'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('members'), { maxLength: 3 }),
    tie('members'),
  ),
}))

test('no cassette drifts from itself, nor from its file', () => {
  fc.assert(
    fc.property(cassette, (before) => {
      const after = parseCassette(printCassette(before).text, 'x.yaml')
      for (const each of [before, after])
        expect(textsOf(driftOf(before, each, driftRules))).toEqual({ kind: [], words: [] })
    }),
  )
})

test('an added member is one structural change at its path, and a removed one is the reverse', () => {
  fc.assert(
    fc.property(members, fc.nat(), (value, at) => {
      const places = objectsIn(value, '$')
      const place = places[at % places.length] as Place
      const before = json(value)
      place.object['brand new'] = 'x'
      const after = json(value)
      delete place.object['brand new']
      const path = `${place.path}["brand new"] (string)`
      expect(changesBetween(before, after)).toEqual({ kind: [`added: ${path}`], words: [] })
      expect(changesBetween(after, before)).toEqual({ kind: [`removed: ${path}`], words: [] })
    }),
    { numRuns: runs(500) },
  )
})

test('what came one way went the other', () => {
  fc.assert(
    fc.property(members, members, (a, b) => {
      const [there, back] = [changesBetween(json(a), json(b)), changesBetween(json(b), json(a))]
      expect(back.kind).toHaveLength(there.kind.length)
      expect(back.words.length > 0).toBe(there.words.length > 0)
    }),
    { numRuns: runs(500) },
  )
})

test('however a chat stream is cut, it is the same stream', () => {
  const texts = fc.array(fc.stringMatching(/^[ab "\\]{1,6}$/), { minLength: 1, maxLength: 5 })
  const cuts = fc.array(fc.nat(40), { maxLength: 6 })
  fc.assert(
    fc.property(texts, cuts, cuts, (said, ...ways) => {
      const whole = said.join('')
      const [a, b] = ways.map((way) => events(...cut(whole, way).map(chunk), '[DONE]')) as [Stream, Stream]
      expect(changesBetween(a, b)).toEqual({ kind: [], words: [] })
      const other = events(...cut(`${whole}!`, ways[1] ?? []).map(chunk), '[DONE]')
      expect(changesBetween(a, other).words).toHaveLength(1)
    }),
  )
})

test('depth is no limit', () => {
  const deep = (leaf: string): ReturnType<typeof json> => ({
    kind: 'json',
    text: `${'{"a":['.repeat(5000)}${leaf}${']}'.repeat(5000)}`,
  })
  expect(changesBetween(deep('1'), deep('1'))).toEqual({ kind: [], words: [] })
  expect(changesBetween(deep('1'), deep('{}')).kind).toHaveLength(1)
  const nested = (leaf: string): Stream =>
    events(`{"choices":[{"delta":${'{"a":'.repeat(5000)}${leaf}${'}'.repeat(5000)}}]}`)
  expect(changesBetween(nested('1'), nested('true')).kind).toHaveLength(1)
})

type Stream = ReturnType<typeof events>

function chunk(content: string): object {
  return { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] }
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [0, ...at.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  return places.slice(1).map((end, i) => text.slice(places[i], end))
}

interface Place {
  readonly object: Members
  readonly path: string
}

/** Every object, with its path as it is told: items by what they say they are. */
function objectsIn(value: Value, path: string, keys: readonly string[] = []): Place[] {
  if (Array.isArray(value))
    return value.flatMap((item) => {
      const isObject = typeof item === 'object' && item !== null && !Array.isArray(item)
      const called = isObject ? driftRules.itemName(item, [...keys, '[]']) : undefined
      return objectsIn(item, `${path}[${called ?? ''}]`, [...keys, '[]'])
    })
  if (typeof value !== 'object' || value === null) return []
  return [
    { object: value, path },
    ...Object.entries(value).flatMap(([key, inner]) => objectsIn(inner, `${path}.${key}`, [...keys, key])),
  ]
}
