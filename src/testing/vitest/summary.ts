import type { UnusedInteraction } from '../../messages/errors.ts'
import { dollars, grouped } from '../../messages/figures.ts'
import { sumUsage, type Usage } from '../../api/usage.ts'
import type { JournalOutcome } from '../../engine/journal.ts'
import type { SaveReport } from '../../engine/library/recorder.ts'
import type { CassetteReport } from '../cassette-report.ts'

/** The result of a run of tests. */
export interface RunSummary {
  readonly reports: readonly CassetteReport[]
  /** Recorded interactions that no test played, in cassettes whose tests all ran. */
  readonly unplayed: readonly UnusedInteraction[]
  /** Cassette files that no test uses. */
  readonly unusedFiles: readonly string[]
  /** Recordings that another one replaced in the same run. */
  readonly overwritten: readonly string[]
}

/** How many rows of one kind are listed. */
const ROWS_SHOWN = 20

/** The width of labels in vitest's own summary. */
const LABEL_WIDTH = 11

/** The summary's lines; empty if no test made a request and nothing is unused. */
export function summaryLines(summary: RunSummary): string[] {
  const { reports: unordered, unplayed, unusedFiles, overwritten } = summary
  // Test files end in no fixed order.
  const reports = unordered.toSorted((a, b) => compare(a.cassette, b.cassette))
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['Cassettes', countsIn(reports)],
    ['Written', writtenIn(reports)],
    ['Unrecorded', [...reports.flatMap(lostIn), ...overwritten.toSorted(compare)]],
    ['Not played', unplayed.map(placeOf).toSorted(compare)],
    ['Unused', unusedFiles.toSorted(compare).map((file) => `${file}: not used by any test`)],
    ['Replayed', costOf(usagesIn(reports, 'replayed'), 'saved')],
    ['Spent', costOf(usagesIn(reports, 'spent'), 'on live calls')],
  ]
  return groups.flatMap(([label, rows]) =>
    shortened(rows).map((row, i) => `${(i === 0 ? label : '').padStart(LABEL_WIDTH)}  ${row}`),
  )
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function shortened(rows: readonly string[]): readonly string[] {
  return rows.length <= ROWS_SHOWN
    ? rows
    : [...rows.slice(0, ROWS_SHOWN), `and ${rows.length - ROWS_SHOWN} more`]
}

function countsIn(reports: readonly CassetteReport[]): string[] {
  const sum = (...outcomes: JournalOutcome[]): number =>
    reports.reduce((total, { counts }) => outcomes.reduce((of, each) => of + (counts[each] ?? 0), total), 0)
  const parts = [
    [sum('hit'), 'replayed'],
    [sum('recorded'), 'recorded'],
    [sum('miss', 'exhausted'), 'missed'],
    [sum('passed'), 'sent live'],
    [sum('dropped', 'failed', 'pending'), 'not recorded'],
    [sum('ignored'), 'ignored'],
    [sum('faulted'), 'failed on purpose'],
  ] as const
  const counts = parts.filter(([number]) => number > 0).map(([number, what]) => `${grouped(number)} ${what}`)
  return counts.length === 0 ? [] : [`requests: ${counts.join(', ')}`]
}

/** One row for each file, even if repeated tests or tests that share it wrote it more than once. */
function writtenIn(reports: readonly CassetteReport[]): string[] {
  const written = reports.flatMap(({ saved }) => (saved?.written === true ? [saved] : []))
  return [...Map.groupBy(written, ({ file }) => file)].map(([file, saves]) => {
    const { added, removed } = saves.reduce(after)
    const replaced = removed > 0 ? `, replacing ${grouped(removed)}` : ''
    return `${file}: ${grouped(added)} ${added === 1 ? 'interaction' : 'interactions'}${replaced}`
  })
}

/** Adds up two writes of a file: the second may have removed what the first added. */
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

/** Unknown usage or prices are reported as such, and never counted as zero. */
function costOf({ requests, unknown, unpriced, tokens, usd }: Usage, what: string): string[] {
  if (requests === 0) return []
  const tokenCounts = [
    ...(tokens.input === undefined ? [] : [`${grouped(tokens.input)} tokens in`]),
    ...(tokens.output === undefined ? [] : [`${grouped(tokens.output)} out`]),
  ]
  const isAll = unknown === 0 && unpriced === 0
  const cost = usd === undefined ? 'cost unknown' : `${isAll ? '' : 'at least '}${dollars(usd)} ${what}`
  const unreported =
    unknown === 0 ? [] : [`${grouped(unknown)} of ${grouped(requests)} responses reported no usage`]
  return [[...tokenCounts, cost, ...unreported].join(', ')]
}
