import { expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { diffJson } from '../../src/core/json-diff.ts'
import { identify, type Parts } from '../../src/core/matchers.ts'
import { nearest, showPair } from '../../src/core/near-miss.ts'

function parts(path: string, body: Json, method = 'POST'): Parts {
  return identify({ method, path, headers: [], body: { kind: 'json', text: JSON.stringify(body) } }).parts
}

const same = (each: Parts): Parts => each

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
  const near = nearest(asked, candidates, same)
  expect(near?.candidate).toBe(candidates[2])
  expect(near?.differences).toEqual([{ path: '$.b', recorded: 9, received: 2 }])
})

test('where no address is the same, the one that shares the most of its path is nearest', () => {
  const asked = parts('/v1/files/file-2/content', null)
  const candidates = [
    parts('/v1/models', null),
    parts('/v1/files/file-1/content', null),
    parts('/v1/files', null),
  ]
  expect(nearest(asked, candidates, same)?.candidate).toBe(candidates[1])
})

test('a difference outside the body says of which part it is', () => {
  const near = nearest(parts('/v1/x?a=1', {}, 'GET'), [parts('/v1/y?a=2', {})], same)
  expect(near?.differences.map(({ path }) => path)).toEqual(['method', 'path', 'query.a[0]'])
})

test('nothing recorded has nothing near', () => {
  expect(nearest(parts('/', 1), [], same)).toBeUndefined()
})

test('long values are cut around the place where they begin to differ', () => {
  const [a, b] = ['x'.repeat(400), `${'x'.repeat(150)}y${'x'.repeat(249)}`]
  const shown = showPair(a, b)
  expect(shown.recorded.length).toBeLessThan(100)
  expect(shown.received).toContain('xyx')
  expect(shown.received).toMatch(/^….*…$/)
  expect(showPair('a', undefined)).toEqual({ recorded: '"a"', received: 'absent' })
  expect(showPair({ b: 1, a: [] }, 12345678901234567890n)).toEqual({
    recorded: '{"a":[],"b":1}',
    received: '12345678901234567890',
  })
})
