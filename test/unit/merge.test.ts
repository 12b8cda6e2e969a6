import { expect, test } from 'vitest'
import { mergeInteractions } from '../../src/cassette/cassette.ts'

const disk = [
  { fingerprint: 'a', value: 1 },
  { fingerprint: 'b', value: 2 },
]

test('what the file lacks is added behind what it holds', () => {
  expect(
    mergeInteractions(disk, [{ fingerprint: 'c', value: 3, occurrence: 0 }]).map(({ value }) => value),
  ).toEqual([1, 2, 3])
})

test('equal requests are counted: the file’s first stays, the run’s second is added', () => {
  const run = [
    { fingerprint: 'a', value: 9, occurrence: 0 },
    { fingerprint: 'a', value: 3, occurrence: 1 },
  ]
  expect(mergeInteractions(disk, run).map(({ value }) => value)).toEqual([1, 2, 3])
})

test('a file that is not there yet takes the run as it is', () => {
  expect(mergeInteractions([], [{ fingerprint: 'a', value: 1, occurrence: 3 }])).toHaveLength(1)
  expect(mergeInteractions(disk, [])).toEqual(disk)
})
