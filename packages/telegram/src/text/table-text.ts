import { displayWidth } from './display-width.ts'

type Alignment = 'left' | 'center' | 'right' | null

/** What a phone shows of a fixed-width line without breaking it. */
const WIDEST_ROW = 40
const GAP = ' | '

/**
 * Lays cells out in columns for a fixed-width font, with a rule under the first row; `undefined`
 * when the rows are wider than a phone.
 */
export function tableRows(
  rows: readonly (readonly string[])[],
  align: readonly Alignment[],
): string | undefined {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  )
  const rowWidth = widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, columns - 1)
  if (rowWidth > WIDEST_ROW) return undefined
  const lines = rows.map((row) =>
    widths
      .map((width, column) => pad(row[column] ?? '', width, align[column] ?? null))
      .join(GAP)
      .trimEnd(),
  )
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-')
  return [lines[0] ?? '', rule, ...lines.slice(1)].join('\n')
}

function pad(cell: string, width: number, alignment: Alignment): string {
  const missing = Math.max(0, width - displayWidth(cell))
  if (alignment === 'right') return ' '.repeat(missing) + cell
  if (alignment === 'center') {
    const before = Math.floor(missing / 2)
    return ' '.repeat(before) + cell + ' '.repeat(missing - before)
  }
  return cell + ' '.repeat(missing)
}
