/** A row of the table: the rates of every round, in answers a second. */
export interface Row {
  readonly name: string
  readonly ours: readonly number[]
  readonly bare: readonly number[]
}

/** Below this share of the bare server's rate the table says so. */
const FLOOR = 0.4

export function table(rows: readonly Row[]): string {
  const cells = [
    ['', 'ours/s', 'bare/s', 'ratio', ''],
    ...rows.map(({ name, ours, bare }) => {
      const ratios = ours.map((rate, round) => rate / (bare[round] as number))
      const ratio = median(ratios)
      const spread = `(${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`
      return [
        name,
        whole(median(ours)),
        whole(median(bare)),
        ratio.toFixed(2),
        ratio < FLOOR ? `${spread} under ${FLOOR}` : spread,
      ]
    }),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] as string).length)))
  return cells
    .map(([name = '', ...others]) => [
      name.padEnd(widths[0] as number),
      ...others.map((cell, i) => cell.padStart(widths[i + 1] ?? 0)),
    ])
    .map((row) => `${row.join('  ').trimEnd()}\n`)
    .join('')
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2
}

function whole(rate: number): string {
  return rate.toFixed(0)
}
