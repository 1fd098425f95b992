const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const REFERENCE = /&(?:#x([\da-f]*)|#(\d*)|([a-z]+));?/iy

/** Decodes the character reference at `index`; undefined if Telegram leaves it unchanged. */
export function decodeHtmlEntity(
  source: string,
  index: number,
): { character: string; end: number } | undefined {
  REFERENCE.lastIndex = index
  const match = REFERENCE.exec(source)
  if (!match) return undefined
  const [whole, hexadecimal, decimal, name] = match
  const end = index + whole.length
  if (name !== undefined) {
    const character = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined
    return character === undefined ? undefined : { character, end }
  }
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16)
  const written = whole.endsWith(';') ? whole.length - 1 : whole.length
  if (!(code > 0) || code >= 0x10ffff || written >= 10) return undefined
  return { character: String.fromCodePoint(code), end }
}
