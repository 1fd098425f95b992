import type { Reply, SqlResult } from '@pluggram/sdk'

const MAX_CELL = 40
const MAX_VALUE = 500
/** A table that is wider than that is shown record by record: a telephone would break its lines. */
const MAX_WIDTH = 60

/** One record as lines, several as a table in a fixed font. Nothing in them is taken for formatting. */
export function formatRows({ rows, columns }: Pick<SqlResult, 'rows' | 'columns'>, max: number): Reply {
  const shown = rows.slice(0, max)
  const note = rows.length > max ? `\n… and more; these are the first ${max}.` : ''
  if (shown.length === 1) return { text: formatRecord(shown[0] ?? {}, columns) + note }
  const table = formatTable(shown, columns)
  if (table === undefined) {
    return { text: shown.map((row) => formatRecord(row, columns)).join('\n\n') + note }
  }
  return { text: table + note, entities: [{ type: 'pre', offset: 0, length: table.length }] }
}

function formatRecord(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  return columns.map((column) => `${column}: ${formatValue(row[column], MAX_VALUE)}`).join('\n')
}

function formatTable(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): string | undefined {
  const cells = [columns, ...rows.map((row) => columns.map((column) => formatValue(row[column], MAX_CELL)))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => [...(line[index] ?? '')].length)))
  if (widths.reduce((sum, width) => sum + width + 2, 0) > MAX_WIDTH) return undefined
  const lines = cells.map((line) =>
    line
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  )
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '))
  return lines.join('\n')
}

function formatValue(value: unknown, most: number): string {
  if (value === null || value === undefined) return '–'
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('.000Z', ' UTC')
  const text =
    typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | bigint | boolean)
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  const characters = [...line]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line
}
