/** A column of a table. */
export interface Column {
  readonly head: string
  /** Numbers stand below each other by their last digit, words by their first letter. */
  readonly isNumber: boolean
  /** One for each row; empty where there is nothing to tell. */
  readonly cells: readonly string[]
}

/** A table with its heads above it. What is marked as too little by a `+` behind it still stands by its last digit. */
export function table(columns: readonly Column[]): string {
  const aligned = columns.map(({ head, isNumber, cells }) => {
    const even = cells.some((cell) => cell.endsWith('+'))
      ? cells.map((cell) => (cell.endsWith('+') ? cell : `${cell} `))
      : cells
    const all = [head, ...even]
    const width = Math.max(...all.map((cell) => cell.length))
    return all.map((cell) => (isNumber ? cell.padStart(width) : cell.padEnd(width)))
  })
  const [first = []] = aligned
  return first
    .map((_, row) =>
      aligned
        .map((cells) => cells[row])
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
