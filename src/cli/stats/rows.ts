import { sumTotals, sumUsage, type Usage, type UsageTotals } from '../../api/usage.ts'

export const BY = ['cassette', 'model', 'test'] as const
export type By = (typeof BY)[number]

/** What recording one cassette took, and what replaying it saved. */
export interface CassetteStats {
  readonly cassette: string
  readonly recordedAt: string
  readonly interactions: number
  /** At the prices of the day on which it was recorded. */
  readonly recorded: Usage
  /** Answers that the reported runs had from it; absent where no report mentions it. */
  readonly replays?: number
  /** What those answers would have cost, at today's prices. */
  readonly saved?: Usage
}

/** A row of the statistics: a cassette, a model, or the cassettes of a test file. */
export interface Row {
  /** Absent for answers whose model is unknown. */
  readonly label?: string
  readonly recordedAt?: string
  readonly cassettes?: number
  readonly interactions?: number
  readonly recorded: UsageTotals
  readonly replays?: number
  readonly saved?: UsageTotals
}

export interface Stats {
  readonly by: By
  readonly rows: readonly Row[]
  readonly total: Row
}

export function statsBy(by: By, all: readonly CassetteStats[]): Stats {
  const total = { cassettes: all.length, ...summed(all) }
  switch (by) {
    case 'cassette':
      return { by, rows: all.map(({ cassette, ...rest }) => ({ label: cassette, ...rest })), total }
    case 'model':
      return { by, rows: modelRows(all), total }
    case 'test':
      return { by, rows: testRows(all), total }
  }
}

/** What `--json` prints: a row's label is called after what the rows are, and null for an unknown model. */
export function statsJson({ by, rows, total }: Stats): string {
  const named = rows.map(({ label = null, ...row }) => ({ [by]: label, ...row }))
  return JSON.stringify({ by, rows: named, total }, null, 2)
}

function summed(
  all: readonly CassetteStats[],
): Omit<Row, 'label'> & { readonly recorded: Usage; readonly saved?: Usage } {
  const saved = all.flatMap((each) => each.saved ?? [])
  return {
    interactions: sum(all.map(({ interactions }) => interactions)),
    recorded: sumUsage(all.map(({ recorded }) => recorded)),
    ...(saved.length > 0 && {
      replays: sum(all.map(({ replays }) => replays ?? 0)),
      saved: sumUsage(saved),
    }),
  }
}

function modelRows(all: readonly CassetteStats[]): Row[] {
  const { recorded, saved } = summed(all)
  return recorded.models.map(({ model, ...totals }) => {
    const own = saved?.models.filter((each) => each.model === model)
    return {
      ...(model !== undefined && { label: model }),
      recorded: totals,
      ...(own !== undefined && { saved: sumTotals(own) }),
    }
  })
}

/** The cassettes of a test file are in a folder that is named after it. */
function testRows(all: readonly CassetteStats[]): Row[] {
  const folders = Map.groupBy(all, ({ cassette }) => cassette.slice(0, cassette.lastIndexOf('/') + 1))
  return [...folders].map(([folder, cassettes]) => ({
    label: folder === '' ? './' : folder,
    cassettes: cassettes.length,
    ...summed(cassettes),
  }))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
