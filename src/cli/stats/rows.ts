import { sumTotals, sumUsage, type Usage, type UsageTotals } from '../../api/usage.ts'

export const BY = ['cassette', 'model', 'test'] as const
export type By = (typeof BY)[number]

/** What one cassette comes to. */
export interface CassetteStats {
  readonly cassette: string
  readonly recordedAt: string
  readonly interactions: number
  /** What it took to record it, at the prices of the day. */
  readonly recorded: Usage
  /** How often reported runs were answered from it; absent where no report has it. */
  readonly replays?: number
  /** What those answers would have taken, at the prices of today. */
  readonly saved?: Usage
}

/** A row of the statistics: a cassette, a model, or the cassettes of a test file. */
export interface Row {
  /** Absent for answers whose model nobody told. */
  readonly of?: string
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
      return { by, rows: all.map(({ cassette, ...rest }) => ({ of: cassette, ...rest })), total }
    case 'model':
      return { by, rows: modelRows(all), total }
    case 'test':
      return { by, rows: testRows(all), total }
  }
}

/** A row says what it is of by its name; null for answers whose model nobody told. */
export function statsJson({ by, rows, total }: Stats): string {
  const named = rows.map(({ of = null, ...row }) => ({ [by]: of, ...row }))
  return JSON.stringify({ by, rows: named, total }, null, 2)
}

function summed(
  all: readonly CassetteStats[],
): Omit<Row, 'of'> & { readonly recorded: Usage; readonly saved?: Usage } {
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
      ...(model !== undefined && { of: model }),
      recorded: totals,
      ...(own !== undefined && { saved: sumTotals(own) }),
    }
  })
}

/** Cassettes of tests stand in a folder that is named after their test file. */
function testRows(all: readonly CassetteStats[]): Row[] {
  const folders = Map.groupBy(all, ({ cassette }) => cassette.slice(0, cassette.lastIndexOf('/') + 1))
  return [...folders].map(([folder, of]) => ({
    of: folder === '' ? './' : folder,
    cassettes: of.length,
    ...summed(of),
  }))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
