import { expect, test } from 'vitest'
import type { Json } from '../../src/json/json.ts'
import { diffJson } from '../../src/match/near-miss/json-diff.ts'
import type { Parts } from '../../src/match/identity.ts'
import { type Compare, compareParts, type NearMiss, nearest } from '../../src/match/near-miss/near-miss.ts'
import { showPair } from '../../src/match/near-miss/show-pair.ts'
import { identify, secretShapes } from '../../src/openai/shapes.ts'

function parts(path: string, body: Json, method = 'POST'): Parts {
  return identify({ method, path, headers: [], body: { kind: 'json', text: JSON.stringify(body) } }).parts
}

function near(
  asked: Parts,
  all: readonly Parts[],
  played: readonly Parts[] = [],
  compare: Compare = compareParts(secretShapes.placeholders),
): NearMiss<Parts>[] {
  return nearest(asked, { all, partsOf: (each) => each, isPlayed: (each) => played.includes(each) }, compare)
}

const messages = (...texts: readonly string[]): Json => ({
  model: 'm',
  messages: texts.map((content) => ({ role: 'user', content })),
})
const places = (a: Json, b: Json): string[] =>
  diffJson(a, b, 99).map(({ path, recorded, received }) =>
    [path, recorded === undefined ? 'put in' : received === undefined ? 'taken out' : 'changed'].join(' '),
  )

test('differences stand in the order of the recorded value, by JSON path', () => {
  const recorded = { model: 'a', messages: [{ role: 'user', content: 'x' }, 1], 'odd key': null }
  const received = { model: 'b', messages: [{ role: 'user', content: 'y' }], 'odd key': false, extra: 1 }
  expect(diffJson(recorded, received, 9)).toEqual([
    { path: '$.model', recorded: 'a', received: 'b' },
    { path: '$.messages[0].content', recorded: 'x', received: 'y' },
    { path: '$.messages[1]', recorded: 1, received: undefined },
    { path: '$["odd key"]', recorded: null, received: false },
    { path: '$.extra', recorded: undefined, received: 1 },
  ])
})

test('no more differences are found than are asked for', () => {
  expect(diffJson([1, 2, 3], [4, 5, 6], 2)).toHaveLength(2)
  expect(diffJson([1], [2], 0)).toEqual([])
})

test('values of different kinds differ as a whole, and zero is zero', () => {
  expect(diffJson([], {}, 9)).toEqual([{ path: '$', recorded: [], received: {} }])
  expect(diffJson(null, [], 9)).toHaveLength(1)
  expect(diffJson(0, -0, 9)).toEqual([])
  expect(diffJson(1n, 2n, 9)).toHaveLength(1)
  expect(diffJson(1n, 1n, 9)).toEqual([])
})

test('the nearest request has the same address before it has fewer differences', () => {
  const asked = parts('/v1/responses', { a: 1, b: 2 })
  const candidates = [
    parts('/v1/chat/completions', { a: 1, b: 2 }),
    parts('/v1/responses', { a: 9, b: 9 }),
    parts('/v1/responses', { a: 1, b: 9 }),
  ]
  const [first] = near(asked, candidates)
  expect(first?.candidate).toBe(candidates[2])
  expect(first?.differences).toEqual([{ path: '$.b', recorded: 9, received: 2 }])
})

test('where no address is the same, the one that shares the most of its path is nearest', () => {
  const asked = parts('/v1/files/file-2/content', null)
  const candidates = [
    parts('/v1/models', null),
    parts('/v1/files/file-1/content', null),
    parts('/v1/files', null),
  ]
  expect(near(asked, candidates)[0]?.candidate).toBe(candidates[1])
})

test('a base that is missing leaves the rest of the path near', () => {
  const candidates = [parts('/v1/embeddings', null), parts('/v1/chat/completions', null)]
  expect(near(parts('/chat/completions', null), candidates)[0]?.candidate).toBe(candidates[1])
})

test('a difference outside the body says of which part it is', () => {
  const [first] = near(parts('/v1/x?a=1', {}, 'GET'), [parts('/v1/y?a=2', {})])
  expect(first?.differences.map(({ path }) => path)).toEqual(['method', 'path', 'query.a[0]'])
})

test('nothing recorded has nothing near', () => {
  expect(near(parts('/', 1), [])).toEqual([])
})

test('long values are cut around the place where they begin to differ', () => {
  const [a, b] = ['x'.repeat(400), `${'x'.repeat(150)}y${'x'.repeat(249)}`]
  const shown = showPair(a, b)
  expect(shown.recorded.length).toBeLessThan(100)
  expect(shown.received).toContain('xyx')
  expect(shown.received).toMatch(/^….*…$/)
  expect(showPair('a', undefined)).toEqual({ recorded: '"a"', received: 'absent' })
  expect(showPair({ b: 1, a: [] }, 12345678901234567890n)).toEqual({
    recorded: '{"b":1,"a":[]}',
    received: '12345678901234567890',
  })
})

test('an item that was put into a list or taken out of it is one difference at its place', () => {
  const [a, b, c] = [
    { role: 'user', content: 'one' },
    { role: 'user', content: 'two' },
    { role: 'user', content: 'three' },
  ]
  expect(places([a, c], [a, b, c])).toEqual(['$[1] put in'])
  expect(places([a, b, c], [a, c])).toEqual(['$[1] taken out'])
  expect(places([a, b, c], [b, c])).toEqual(['$[0] taken out'])
  expect(places([], [a])).toEqual(['$[0] put in'])
  expect(places([a, a], [a, a, a])).toEqual(['$[2] put in'])
})

test('beside an item that was put in, one that was changed is still compared inside', () => {
  const system = { role: 'system', content: 'Answer in one short sentence.' }
  const asked = { role: 'user', content: 'What is the weather in Paris today?' }
  const again = { role: 'user', content: 'What is the weather in Rome today?' }
  expect(places([system, asked], [system, { role: 'user', content: 'Hello!' }, again])).toEqual([
    '$[1] put in',
    '$[2].content changed',
  ])
  expect(
    diffJson([system, asked], [asked, { ...system, content: 'Answer in two short sentences.' }], 9),
  ).toHaveLength(2)
})

test('a changed item that stands at another index says where it was recorded', () => {
  expect(diffJson([{ a: [1], b: 1, c: 1 }], [{ d: 1 }, { a: [2], b: 1, c: 1 }], 9)).toEqual([
    { path: '$[0]', recordedPath: undefined, recorded: undefined, received: { d: 1 } },
    { path: '$[1].a[0]', recordedPath: '$[0].a[0]', recorded: 1, received: 2 },
  ])
})

test('very long lists are compared by index where they differ', () => {
  const long = Array.from({ length: 500 }, (_, i) => i)
  expect(places(long, long.toReversed()).slice(0, 1)).toEqual(['$[0] changed'])
  expect(places([...long, 'x', ...long], [...long, ...long])).toEqual(['$[500] taken out'])
})

test('of many with one other text, the one with the likest text is nearest', () => {
  const all = Array.from({ length: 100 }, (_, i) =>
    parts('/v1/x', messages('Be brief.', `Tell me of thing ${i} and its colour`)),
  )
  const asked = parts('/v1/x', messages('Be brief.', 'Tell me of thing 73 and of its colour'))
  expect(near(asked, all)[0]?.candidate).toBe(all[73])
})

test('of two that are equally near, the one that was not played yet is nearer', () => {
  const all = [parts('/v1/x', { a: 1 }), parts('/v1/x', { a: 2 })]
  expect(near(parts('/v1/x', { a: 3 }), all).map(({ candidate }) => candidate)).toEqual(all)
  const first = all.slice(0, 1)
  expect(near(parts('/v1/x', { a: 3 }), all, first).map(({ candidate }) => candidate)).toEqual(
    all.toReversed(),
  )
})

test('thousands are ranked by what was found out once, and only a dozen are compared leaf by leaf', () => {
  let [read, compared] = [0, 0]
  const counting = (each: Parts): Parts => ({
    ...each,
    get body() {
      read++
      return each.body
    },
  })
  const all = Array.from({ length: 3000 }, (_, i) =>
    counting(parts('/v1/x', messages('Be brief.', `Number ${i}`))),
  )
  const compare: Compare = (recorded, received) => {
    compared++
    return diffJson(recorded.body, received.body, 9)
  }
  for (const content of ['Number 7 again', 'Number 8 again'])
    near(parts('/v1/x', messages('Be brief.', content)), all, [], compare)
  expect(compared).toBe(24)
  // Twice each in one sketch, and again for those compared.
  expect(read).toBeLessThan(all.length * 3)
})
