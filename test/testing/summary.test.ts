import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Usage } from '../../src/api/usage.ts'
import type { CassetteReport } from '../../src/testing/cassette-report.ts'
import { summaryLines } from '../../src/testing/vitest/summary.ts'
import { overwrittenIn, unplayedIn, unusedFilesOf } from '../../src/testing/vitest/run-findings.ts'
import { tempDir } from '../support/temp.ts'

const NOTHING: Usage = { requests: 0, unknown: 0, unpriced: 0, tokens: {}, usd: 0, models: [] }

function report(cassette: string, rest: Partial<CassetteReport> = {}): CassetteReport {
  return { cassette, named: false, mode: 'replay', passed: true, counts: {}, unplayed: [], lost: [], ...rest }
}

function summary(reports: readonly CassetteReport[]): string[] {
  return summaryLines({ reports, unplayed: [], unusedFiles: [], overwritten: [] })
}

const place = (cassette: string, position: number) => ({
  cassette,
  position,
  method: 'POST',
  path: '/v1/responses',
})

test('nothing is said of a run in which nothing was asked', () => {
  expect(summary([])).toEqual([])
  expect(summary([report('a'), report('b', { usage: { replayed: NOTHING, spent: NOTHING } })])).toEqual([])
})

test('the summary shows every outcome of a run, in vitest’s columns', () => {
  const replayed: Usage = { ...NOTHING, requests: 3, tokens: { input: 12_345, output: 678 }, usd: 0.004321 }
  const spent: Usage = { ...NOTHING, requests: 2, tokens: { input: 20, output: 7 }, usd: 1.5 }
  const lines = summaryLines({
    reports: [
      report('b', {
        counts: { hit: 3, miss: 1, exhausted: 1, ignored: 2, faulted: 4 },
        usage: { replayed, spent: NOTHING },
      }),
      report('a', {
        counts: { recorded: 1_200, passed: 1, dropped: 1 },
        saved: { cassette: 'a', file: 'cassettes/a.yaml', added: 1_200, removed: 2, written: true },
        lost: ['GET /v1/models: no answer'],
        usage: { replayed: NOTHING, spent },
      }),
      report('c', {
        saved: { cassette: 'c', file: 'cassettes/c.yaml', added: 1, removed: 0, written: true },
      }),
      report('d', {
        saved: { cassette: 'd', file: 'cassettes/d.yaml', added: 0, removed: 0, written: false },
      }),
    ],
    unplayed: [place('b', 1), place('b', 0)],
    unusedFiles: ['cassettes/y.yaml', 'cassettes/x.yaml'],
    overwritten: ['cassettes/z.yaml was recorded by 2'],
  })
  expect(lines.join('\n')).toBe(`\
  Cassettes  requests: 3 replayed, 1,200 recorded, 2 missed, 1 sent live, 1 not recorded, 2 ignored, 4 failed on purpose
    Written  cassettes/a.yaml: 1,200 interactions, replacing 2
             cassettes/c.yaml: 1 interaction
 Unrecorded  GET /v1/models: no answer (for 'a')
             cassettes/z.yaml was recorded by 2
 Not played  interaction 1 of 'b' (POST /v1/responses)
             interaction 2 of 'b' (POST /v1/responses)
     Unused  cassettes/x.yaml: not used by any test
             cassettes/y.yaml: not used by any test
   Replayed  12,345 tokens in, 678 out, $0.0043 saved
      Spent  20 tokens in, 7 out, $1.50 on live calls`)
})

test('an unknown cost is reported, and never counted as zero', () => {
  const cost = (usage: Partial<Usage>): string | undefined =>
    summary([
      report('a', { usage: { replayed: { ...NOTHING, requests: 3, ...usage }, spent: NOTHING } }),
    ])[0]?.trim()
  const { usd: _, ...noPrice } = NOTHING
  expect(cost({ unknown: 1, tokens: { input: 5 }, usd: 0.02 })).toBe(
    'Replayed  5 tokens in, at least $0.02 saved, 1 of 3 responses reported no usage',
  )
  expect(cost({ unpriced: 2, usd: 0.02 })).toBe('Replayed  at least $0.02 saved')
  const unknown = {
    replayed: { ...noPrice, requests: 2, unpriced: 2, tokens: { output: 5 } },
    spent: NOTHING,
  }
  expect(summary([report('a', { usage: unknown })])[0]?.trim()).toBe('Replayed  5 out, cost unknown')
  expect(cost({ usd: 0 })).toBe('Replayed  $0.00 saved')
  expect(cost({ usd: 0.000000123 })).toBe('Replayed  $0.00000012 saved')
})

test('long lists are cut', () => {
  const lost = Array.from({ length: 25 }, (_, i) => `GET /${i}: gone`)
  const lines = summary([report('a', { lost })])
  expect(lines).toHaveLength(21)
  expect(lines.at(-1)).toBe('             and 5 more')
})

test('a recording that another one replaces in the same run is reported', () => {
  const anew = (name: string, rest: Partial<CassetteReport> = {}): CassetteReport =>
    report(name, {
      mode: 'record',
      saved: { cassette: name, file: `${name}.yaml`, added: 1, removed: 1, written: true },
      ...rest,
    })
  const told =
    'a.yaml was recorded by 2 tests or suites, each replacing the recording of the one before: give each its own cassette name, or record with OPENAI_VCR_MODE=record-missing'
  expect(overwrittenIn([[anew('a')], [anew('b')], [anew('a')]])).toEqual([told])
  // A test that is repeated, and what adds to the file, replaces nothing.
  expect(overwrittenIn([[anew('a'), anew('a')], [anew('b')]])).toEqual([])
  expect(overwrittenIn([[anew('a')], [anew('a', { mode: 'record-missing' })]])).toEqual([])
})

test('a cassette that is written more than once in a run has one row', () => {
  const wrote = (added: number, removed: number): CassetteReport =>
    report('a', { saved: { cassette: 'a', file: 'a.yaml', added, removed, written: true } })
  expect(summary([wrote(2, 3), wrote(2, 2), wrote(2, 2)])).toEqual([
    '    Written  a.yaml: 2 interactions, replacing 3',
  ])
  expect(summary([wrote(1, 0), wrote(2, 0)])).toEqual(['    Written  a.yaml: 3 interactions'])
})

test('of a directory that is none, or not there, no file is unused', async () => {
  const dir = await tempDir()
  await writeFile(path.join(dir, 'file'), '')
  for (const directory of [path.join(dir, 'file'), path.join(dir, 'gone')])
    expect(unusedFilesOf({ directory, folder: 'test/a', names: [] })).toEqual([])
})

test('an interaction is unplayed that no session of its cassette played', () => {
  const all = (): boolean => true
  const a = (...positions: number[]): CassetteReport =>
    report('a', { unplayed: positions.map((position) => place('a', position)) })
  expect(unplayedIn([[a(0, 1)]], all)).toEqual([place('a', 0), place('a', 1)])
  expect(unplayedIn([[a(0, 1)], [a(1, 2)]], all)).toEqual([place('a', 1)])
  expect(unplayedIn([[{ ...a(0, 1), passed: false }, a(1)]], all)).toEqual([place('a', 1)])
  expect(unplayedIn([[a(0, 1)], [a(1), { ...a(1), passed: false }]], all)).toEqual([])
  expect(
    unplayedIn([[a(1)], [report('b', { unplayed: [place('b', 3)] })]], ({ cassette }) => cassette === 'b'),
  ).toEqual([place('b', 3)])
})
