import { expect, test } from 'vitest'
import { lookup } from '../../src/match/lookup.ts'

const index = new Map([
  ['a', ['first', 'second']],
  ['empty', []],
])

test('equal requests are answered in their recorded order', () => {
  expect(lookup(index, 'a', 0, 'error')).toEqual({ kind: 'hit', entry: 'first', occurrence: 0 })
  expect(lookup(index, 'a', 1, 'error')).toEqual({ kind: 'hit', entry: 'second', occurrence: 1 })
})

test('asking once more than was recorded is exhausted', () => {
  expect(lookup(index, 'a', 2, 'error')).toEqual({ kind: 'exhausted', recorded: ['first', 'second'] })
})

test('asking once more gets the last answer where that is wanted', () => {
  expect(lookup(index, 'a', 2, 'last')).toEqual({ kind: 'hit', entry: 'second', occurrence: 1 })
  expect(lookup(index, 'a', 99, 'last')).toMatchObject({ entry: 'second' })
})

test('asking once more starts over where that is wanted', () => {
  expect([2, 3, 4].map((occurrence) => lookup(index, 'a', occurrence, 'cycle'))).toMatchObject([
    { entry: 'first' },
    { entry: 'second' },
    { entry: 'first' },
  ])
})

test('what was never recorded is a miss, however it may repeat', () => {
  for (const repeat of ['error', 'last', 'cycle'] as const) {
    expect(lookup(index, 'b', 0, repeat)).toEqual({ kind: 'miss' })
    expect(lookup(index, 'empty', 0, repeat)).toEqual({ kind: 'miss' })
  }
})
