type Alignment = 'left' | 'center' | 'right' | null

/** Every screen wraps wider rows, and padding could make a small table huge. */
const WIDEST_ROW = 120

/**
 * Lays cells out in columns for a fixed-width font, aligned if they fit on a screen, with a rule
 * under the first row.
 */
export function tableRows(rows: readonly (readonly string[])[], align: readonly Alignment[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const content = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  const rowWidth = content.reduce((sum, width) => sum + width + 3, 0)
  const isTooWide = rowWidth > WIDEST_ROW
  const widths = isTooWide ? content.map(() => 0) : content
  const lines = rows.map((row) =>
    widths
      .map((width, column) => pad(row[column] ?? '', width, align[column] ?? null))
      .join(' | ')
      .trimEnd(),
  )
  const rule = widths.map((width) => '-'.repeat(isTooWide ? 3 : width)).join('-+-')
  return [lines[0] ?? '', rule, ...lines.slice(1)].join('\n')
}

function widthOf(cell: string): number {
  return [...cell].length
}

function pad(cell: string, width: number, alignment: Alignment): string {
  const missing = Math.max(0, width - widthOf(cell))
  if (alignment === 'right') return ' '.repeat(missing) + cell
  if (alignment === 'center') {
    const before = Math.floor(missing / 2)
    return ' '.repeat(before) + cell + ' '.repeat(missing - before)
  }
  return cell + ' '.repeat(missing)
}
