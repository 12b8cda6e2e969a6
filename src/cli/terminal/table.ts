/** A column of a table. */
export interface Column {
  /** All columns of a table have one, or none has. */
  readonly head?: string
  /** Numbers are aligned by their last digit, everything else by its first letter. */
  readonly isNumber?: boolean
  /** One for each row, which may be empty. */
  readonly cells: readonly string[]
}

/** Lays columns out as text, two spaces apart. A `+` behind a number does not move its digits. */
export function table(columns: readonly Column[]): string {
  const aligned = columns.map(({ head, isNumber, cells }) => {
    const body = isNumber && cells.some((cell) => cell.endsWith('+')) ? cells.map(withPlusColumn) : cells
    const all = head === undefined ? body : [head, ...body]
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

function withPlusColumn(cell: string): string {
  return cell.endsWith('+') ? cell : `${cell} `
}
