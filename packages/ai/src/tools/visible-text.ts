/**
 * Characters that nobody sees but a model reads: control and format characters (zero-width, bidirectional, tags),
 * variation selectors, fillers, private and unassigned ones. The emoji selector U+FE0F is left where it follows something.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u{FE00}-\u{FE0E}\u{E0100}-\u{E01EF}\u{180B}-\u{180F}\u2028\u2029\u2800\u3164\u115F\u1160\u17B4\u17B5\uFFA0\u034F]|(?<=\uFE0F)\uFE0F/gu

/** What a person would see of a text: lines and tabs stay, hidden characters go. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : ''))
}

/** The same text with every hidden character written out, so that what is shown is all there is. */
export function escapedText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(INVISIBLE, (character) =>
      character === '\n' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
}

/** On one line, at most so long. */
export function oneVisibleLine(text: string, maximum: number): string {
  const line = visibleText(text).replaceAll(/\s+/gu, ' ').trim()
  return line.length > maximum ? `${line.slice(0, maximum - 1).toWellFormed()}…` : line
}
