import { expect, test } from 'vitest'
import { UsageError } from '../../src/messages/errors.ts'
import {
  mergePlayed,
  parseReplayReport,
  type ReplayReport,
  printReplayReport,
  timesPlayed,
} from '../../src/cassette/replay-report.ts'

const cassette = (name: string, ...times: readonly number[]): ReplayReport['cassettes'][number] => ({
  cassette: name,
  interactions: times.map((n, position) => ({
    position,
    sha256: `hash ${position}`,
    played: n > 0,
    times: n,
  })),
})

const run = (...cassettes: ReplayReport['cassettes']): ReplayReport => ({
  version: 1,
  complete: true,
  cassettes,
})

const HASHES = ['hash 0', 'hash 1', 'hash 2']

test('what several runs played adds up, where they had the cassette as it is or its beginning', () => {
  const runs = [
    run(cassette('a', 1, 0, 2), cassette('b', 9)),
    run(cassette('a', 1, 5)),
    run(cassette('c', 4)),
  ]
  expect(timesPlayed(runs, 'a', HASHES)).toEqual({ times: [2, 5, 2], changed: 0 })
  expect(timesPlayed(runs, 'd', HASHES)).toEqual({ times: undefined, changed: 0 })
})

test('what was played of another recording than the present one is not counted, and said to be so', () => {
  const runs = [run(cassette('a', 3, 3, 3)), run(cassette('a', 1))]
  expect(timesPlayed(runs, 'a', ['hash 0', 'new'])).toEqual({ times: [1, 0], changed: 1 })
  expect(timesPlayed(runs, 'a', ['new'])).toEqual({ times: undefined, changed: 2 })
})

test('the sessions of one run are one report: of a file that grew, the last that was seen', () => {
  const [a, b] = [cassette('a', 1), cassette('a', 1, 0, 2)]
  const other = { cassette: 'a', interactions: [{ position: 0, sha256: 'other', played: true, times: 1 }] }
  expect(mergePlayed([a, cassette('b', 0), b, a, other])).toEqual([
    cassette('a', 3, 0, 2),
    other,
    cassette('b', 0),
  ])
  expect(
    mergePlayed([{ ...cassette('a', 0), interactions: [{ ...played(0), played: true }] }, cassette('a', 0)]),
  ).toEqual([{ cassette: 'a', interactions: [{ ...played(0), played: true }] }])
})

const played = (times: number): ReplayReport['cassettes'][number]['interactions'][number] => ({
  position: 0,
  sha256: 'hash 0',
  played: times > 0,
  times,
})

test('a report of before times were counted played once what it played', () => {
  const old = { position: 0, sha256: 'x', played: true }
  const text = JSON.stringify({
    version: 1,
    complete: true,
    cassettes: [{ cassette: 'a', interactions: [old] }],
  })
  expect(parseReplayReport(text, 'f.json').cassettes[0]?.interactions[0]?.times).toBe(1)
  const printed = printReplayReport(run(cassette('a', 2)))
  expect(parseReplayReport(printed, 'f.json')).toEqual(run(cassette('a', 2)))
  const broken = printed.replace('"times": 2', '"times": -2')
  expect(() => parseReplayReport(broken, 'f.json')).toThrow(
    new UsageError(
      'f.json is damaged; run again with --report to replace it: field `cassettes[0].interactions[0].times`: expected a whole number from 0, such as 2, found -2',
    ),
  )
  const moved = printed.replace('"position": 0', '"position": 4')
  expect(() => parseReplayReport(moved, 'f.json')).toThrow(
    'field `cassettes[0].interactions[0].position`: expected 0, as they are in order, found 4',
  )
})
