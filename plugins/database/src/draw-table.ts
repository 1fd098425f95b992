export interface TablePicture {
  readonly svg: string
  /**
   * The number of columns that fit; fewer than there are if the picture would be too wide to read.
   */
  readonly columns: number
}

const FONT_SIZE = 16
const ROW = 30
const PADDING = 12
const MOST_COLUMN = 340
const MOST_WIDTH = 1_600
const LEAST_WIDTH = 320

/**
 * Widths of characters of DejaVu Sans, relative to the font size; rather too wide than too narrow.
 */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/\p{M}/u, 0],
  [/[ijlI.,:;'|! ]/, 0.34],
  [/[-frt()[\]{}/\\"`*]/, 0.5],
  [/[mwMWQO@%…—+=<>#&~]/, 1],
  [/[\u2e80-\u{10ffff}]/u, 1.4],
  [/[\p{Lu}_]/u, 0.78],
]
/** The scripts that DejaVu Sans can draw, and symbols with code points below those of East Asia. */
const DRAWABLE =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Georgian}\p{Script=Common}\p{Script=Inherited}]*$/u
const EAST_OR_PICTURE = /[\u2e80-\u{10ffff}\p{Emoji_Presentation}]/u

/** Whether the picture's font has every character of a text. */
export function isDrawable(text: string): boolean {
  return DRAWABLE.test(text) && !EAST_OR_PICTURE.test(text)
}

/**
 * Draws a table as SVG: a line for each row, numbers aligned right. Cells hold a single line of
 * text. Their text cannot become SVG markup or overlap the next cell.
 */
export function drawTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  isNumber: readonly boolean[],
): TablePicture {
  const wanted = header.map((name, column) => columnWidth([name, ...rows.map((row) => row[column] ?? '')]))
  const widths = fitting(wanted)
  const content = widths.reduce((sum, width) => sum + width, 0)
  const width = Math.max(LEAST_WIDTH, content)
  const height = (rows.length + 1) * ROW
  const line = (cells: readonly string[], index: number): string => {
    let left = 0
    return widths
      .map((cell, column) => {
        const x = left
        left += cell
        return drawCell(cells[column] ?? '', {
          x,
          y: index * ROW,
          width: cell,
          isBold: index === 0,
          isRight: isNumber[column] === true,
        })
      })
      .join('')
  }
  const stripes = rows.map((_, index) =>
    index % 2 === 1 ? `<rect y="${(index + 1) * ROW}" width="${width}" height="${ROW}" fill="#f3f6f8"/>` : '',
  )
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="${FONT_SIZE}" fill="#17212b">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<rect width="${width}" height="${ROW}" fill="#dfe9f0"/>`,
    ...stripes,
    ...[header, ...rows].map(line),
    '</svg>',
  ].join('')
  return { svg, columns: widths.length }
}

/** The leftmost columns that stay readable side by side, at least one. */
function fitting(widths: readonly number[]): number[] {
  let sum = 0
  return widths.filter((width, index) => {
    sum += width
    return index === 0 || sum <= MOST_WIDTH
  })
}

function columnWidth(cells: readonly string[]): number {
  return Math.ceil(Math.min(MOST_COLUMN, Math.max(...cells.map(textWidth)) + 2 * PADDING))
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly isBold: boolean
  readonly isRight: boolean
}

/** An inner `svg` is clipped at its edges, however many combining marks a text has. */
function drawCell(text: string, { x, y, width, isBold, isRight }: Place): string {
  const shown = escape(shorten(text, width - 2 * PADDING))
  const at = isRight ? `x="${width - PADDING}" text-anchor="end"` : `x="${PADDING}"`
  const weight = isBold ? ' font-weight="bold"' : ''
  return `<svg x="${x}" y="${y}" width="${width}" height="${ROW}"><text ${at} y="21"${weight}>${shown}</text></svg>`
}

function textWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + characterWidth(character), 0)
}

function characterWidth(character: string): number {
  const [, share] = WIDTHS.find(([kind]) => kind.test(character)) ?? [undefined, 0.66]
  return share * FONT_SIZE
}

function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let [sum, shown] = [characterWidth('…'), '']
  for (const character of text) {
    sum += characterWidth(character)
    if (sum > width) break
    shown += character
  }
  return `${shown}…`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
