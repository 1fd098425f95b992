/**
 * Characters that people do not see but models read. These are control and format characters
 * (zero-width, bidirectional, tags), variation selectors except the one for emoji, fillers, and
 * private and unassigned characters.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]`,
    String.raw`[\u{FE00}-\u{FE0E}]`,
    String.raw`[\u{E0100}-\u{E01EF}]`,
    String.raw`[\u{180B}-\u{180F}]`,
    String.raw`\u{34F}|\u{115F}|\u{1160}|\u{17B4}|\u{17B5}|\u{2800}|\u{3164}|\u{FFA0}`,
    // a repeated emoji selector has no effect
    String.raw`(?<=\u{FE0F})\u{FE0F}`,
  ].join('|'),
  'gu',
)

/** The text without hidden characters; line breaks and tabs are kept. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : ''))
}

/** The text with hidden characters escaped, so that nothing in it is invisible. */
export function escapedText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(INVISIBLE, (character) =>
      character === '\n' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
}

/** The visible text on one line, truncated to `maximum`. */
export function oneVisibleLine(text: string, maximum: number): string {
  const line = visibleText(text).replaceAll(/\s+/gu, ' ').trim()
  return line.length > maximum ? `${line.slice(0, maximum - 1).toWellFormed()}…` : line
}
