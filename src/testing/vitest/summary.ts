import type { UnusedInteraction } from '../../messages/errors.ts'
import { dollars, grouped } from '../../messages/figures.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import type { JournalOutcome } from '../../engine/journal.ts'
import type { SaveReport } from '../../engine/library/recorder.ts'
import type { CassetteReport } from '../report.ts'

/** What a run of tests came to. */
export interface RunSummary {
  readonly reports: readonly CassetteReport[]
  /** Recorded interactions that no test played, of cassettes whose tests all ran. */
  readonly unplayed: readonly UnusedInteraction[]
  /** Cassette files that no test has. */
  readonly unusedFiles: readonly string[]
  /** Recordings that others replaced in the same run. */
  readonly overwritten: readonly string[]
}

/** Rows of one kind that are listed. */
const LISTED = 20

/** The width of labels in vitest's own summary. */
const LABEL = 11

/** The summary's lines; none when no test asked for anything, and nothing is unused. */
export function summaryLines(summary: RunSummary): string[] {
  const { reports: unordered, unplayed, unusedFiles, overwritten } = summary
  // Which test file ends first is chance.
  const reports = unordered.toSorted((a, b) => compare(a.cassette, b.cassette))
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['Cassettes', countsIn(reports)],
    ['Written', writtenIn(reports)],
    ['Not kept', [...reports.flatMap(lostIn), ...overwritten.toSorted(compare)]],
    ['Not played', unplayed.map(placeOf).toSorted(compare)],
    ['Unused', unusedFiles.toSorted(compare).map((file) => `${file}: no test has it`)],
    ['Replayed', costOf(usagesIn(reports, 'replayed'), 'that live calls would have cost')],
    ['Spent', costOf(usagesIn(reports, 'spent'), 'on live calls')],
  ]
  return groups.flatMap(([label, rows]) =>
    shortened(rows).map((row, i) => `${(i === 0 ? label : '').padStart(LABEL)}  ${row}`),
  )
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function shortened(rows: readonly string[]): readonly string[] {
  return rows.length <= LISTED ? rows : [...rows.slice(0, LISTED), `and ${rows.length - LISTED} more`]
}

function countsIn(reports: readonly CassetteReport[]): string[] {
  const sum = (...outcomes: JournalOutcome[]): number =>
    reports.reduce((total, { counts }) => outcomes.reduce((of, each) => of + (counts[each] ?? 0), total), 0)
  const parts = [
    [sum('hit'), 'replayed'],
    [sum('recorded'), 'recorded'],
    [sum('miss', 'exhausted'), 'missed'],
    [sum('passed'), 'passed live'],
    [sum('dropped', 'failed', 'pending'), 'not kept'],
    [sum('ignored'), 'ignored'],
    [sum('faulted'), 'failed on purpose'],
  ] as const
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${grouped(number)} ${what}`)
  return told.length === 0 ? [] : [`requests: ${told.join(', ')}`]
}

/** A row a cassette, though tests that are repeated, or share it by its name, write it more than once. */
function writtenIn(reports: readonly CassetteReport[]): string[] {
  const written = reports.flatMap(({ saved }) => (saved?.written === true ? [saved] : []))
  return [...Map.groupBy(written, ({ file }) => file)].map(([file, saves]) => {
    const { added, removed } = saves.reduce(after)
    const replaced = removed > 0 ? `, in place of ${grouped(removed)}` : ''
    return `${file}: ${grouped(added)} ${added === 1 ? 'interaction' : 'interactions'}${replaced}`
  })
}

/** What came and went over two writes of a file: the second may remove what the first added. */
function after(first: SaveReport, second: SaveReport): SaveReport {
  const again = Math.min(first.added, second.removed)
  return {
    ...second,
    added: first.added - again + second.added,
    removed: first.removed + second.removed - again,
  }
}

function lostIn({ cassette, lost }: CassetteReport): string[] {
  return lost.map((each) => `${each} (for '${cassette}')`)
}

function placeOf({ cassette, position, method, path }: UnusedInteraction): string {
  return `interaction ${position + 1} of '${cassette}' (${method} ${path})`
}

function usagesIn(reports: readonly CassetteReport[], kind: 'replayed' | 'spent'): Usage {
  return sumUsage(reports.flatMap(({ usage }) => (usage === undefined ? [] : [usage[kind]])))
}

/** What is not known is said to be so, and never counted as nothing. */
function costOf({ requests, unknown, unpriced, tokens, usd }: Usage, what: string): string[] {
  if (requests === 0) return []
  const told = [
    ...(tokens.input === undefined ? [] : [`${grouped(tokens.input)} tokens in`]),
    ...(tokens.output === undefined ? [] : [`${grouped(tokens.output)} out`]),
  ]
  const isAll = unknown === 0 && unpriced === 0
  const cost =
    usd === undefined ? `at a cost that is not known` : `${isAll ? '' : 'at least '}${dollars(usd)} ${what}`
  const silent = unknown === 0 ? [] : [`${grouped(unknown)} of ${grouped(requests)} answers tell no usage`]
  return [[...told, cost, ...silent].join(', ')]
}
