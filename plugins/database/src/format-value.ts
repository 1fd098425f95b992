/**
 * A value of a database in one line of at most `most` characters. Line breaks, direction marks and
 * invalid characters become blanks.
 */
export function formatValue(value: unknown, most: number): string {
  if (value === null || value === undefined) return '–'
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (value instanceof Date) {
    return Number.isNaN(value.getTime())
      ? 'no date'
      : value.toISOString().replace('T', ' ').replace('.000Z', ' UTC')
  }
  const text =
    typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | bigint | boolean)
  // a cell may be megabytes: only work on the part that is shown
  const line = text
    .slice(0, most * 8)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]+/gu, ' ')
  const characters = [...line]
  const isCut = characters.length > most || text.length > most * 8
  return isCut ? `${characters.slice(0, most - 1).join('')}…` : line
}
