import { renderPng, ThreadWorkError } from '@pluggram/plugin-kit'
import type { Reply, SqlResult } from '@pluggram/sdk'
import { drawTable, isDrawable } from './draw-table.ts'
import { formatValue } from './format-value.ts'
import { TEXTS } from './texts.ts'

/** How several rows are shown. */
export type TableStyle = 'auto' | 'text' | 'picture'

export interface FormatOptions {
  /** The number of rows to show. */
  readonly max: number
  readonly tables: TableStyle
  readonly signal: AbortSignal
}

type Rows = Pick<SqlResult, 'rows' | 'columns' | 'isCut'>

const MAX_CELL = 40
const MAX_VALUE = 500
/** How many characters of a fixed-width font fit into one line on a phone. */
const PHONE_WIDTH = 40

/**
 * Shows one record as lines, several as a table in a fixed-width font or as a picture. Values are
 * never read as formatting. `auto` draws a table that is too wide for a phone, unless the font
 * lacks a character. `text` shows such a table record by record.
 */
export async function formatRows(result: Rows, options: FormatOptions): Promise<Reply> {
  const { columns } = result
  const shown = result.rows.slice(0, options.max)
  if (shown.length === 1) return { text: join(formatRecord(shown[0] ?? {}, columns), note(result, 1)) }
  const cells = shown.map((row) => columns.map((column) => formatValue(row[column], MAX_CELL)))
  const names = columns.map((column) => formatValue(column, MAX_CELL))
  const table = formatTable([names, ...cells])
  const isPicture =
    options.tables === 'picture' ||
    (options.tables === 'auto' && table === undefined && [names, ...cells].flat().every(isDrawable))
  if (isPicture) {
    const picture = await draw(names, cells, { result, shown, signal: options.signal })
    if (picture) return picture
  }
  const more = note(result, shown.length)
  if (table === undefined) {
    return { text: join(shown.map((row) => formatRecord(row, columns)).join('\n\n'), more) }
  }
  return { text: join(table, more), entities: [{ type: 'pre', offset: 0, length: table.length }] }
}

/** Says how many rows are left out. */
function note({ rows, isCut }: Rows, shown: number): string {
  if (!isCut && rows.length <= shown) return ''
  return `${shown} of ${isCut ? 'more than ' : ''}${rows.length} rows.`
}

function join(text: string, more: string): string {
  return more === '' ? text : `${text}\n\n${more}`
}

function formatRecord(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  return columns
    .map((column) => `${formatValue(column, MAX_CELL)}: ${formatValue(row[column], MAX_VALUE)}`)
    .join('\n')
}

/** `undefined` if a phone would break its lines. */
function formatTable(cells: readonly (readonly string[])[]): string | undefined {
  const widths = (cells[0] ?? []).map((_, index) =>
    Math.max(...cells.map((line) => [...(line[index] ?? '')].length)),
  )
  if (widths.reduce((sum, width) => sum + width + 2, -2) > PHONE_WIDTH) return undefined
  const lines = cells.map((line) =>
    line
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  )
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '))
  return lines.join('\n')
}

interface Drawing {
  readonly result: Rows
  readonly shown: Rows['rows']
  readonly signal: AbortSignal
}

/** `undefined` if drawing fails: text is better than nothing. */
async function draw(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  { result, shown, signal }: Drawing,
): Promise<Reply | undefined> {
  const isNumber = result.columns.map((column) =>
    shown.every((row) => row[column] === null || ['number', 'bigint'].includes(typeof row[column])),
  )
  const { svg, columns } = drawTable(names, cells, isNumber)
  const left = columns < names.length ? TEXTS.columnsAskFewer(columns, names.length) : ''
  try {
    const source = await renderPng(svg, signal)
    return {
      text: [note(result, shown.length), left].filter(Boolean).join('\n'),
      media: { kind: 'photo', source, fileName: 'table.png' },
    }
  } catch (error) {
    if (error instanceof ThreadWorkError) return undefined
    throw error
  }
}
