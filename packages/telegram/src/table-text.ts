type Alignment = 'left' | 'center' | 'right' | null

/** Sets cells in aligned columns, a rule under the first row. For fixed-width display. */
export function tableRows(rows: readonly (readonly string[])[], align: readonly Alignment[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  const lines = rows.map((row) =>
    widths
      .map((width, column) => pad(row[column] ?? '', width, align[column] ?? null))
      .join(' | ')
      .trimEnd(),
  )
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-')
  return [lines[0] ?? '', rule, ...lines.slice(1)].join('\n')
}

function widthOf(cell: string): number {
  return [...cell].length
}

function pad(cell: string, width: number, alignment: Alignment): string {
  const missing = width - widthOf(cell)
  if (alignment === 'right') return ' '.repeat(missing) + cell
  if (alignment === 'center') {
    const before = Math.floor(missing / 2)
    return ' '.repeat(before) + cell + ' '.repeat(missing - before)
  }
  return cell + ' '.repeat(missing)
}
