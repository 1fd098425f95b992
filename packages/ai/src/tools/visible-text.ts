/**
 * Characters that nobody sees but a model reads: control and format characters (zero-width, bidirectional, tags),
 * variation selectors but the one of emoji, fillers, private and unassigned ones.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]`,
    String.raw`[\u{FE00}-\u{FE0E}]`,
    String.raw`[\u{E0100}-\u{E01EF}]`,
    String.raw`[\u{180B}-\u{180F}]`,
    String.raw`\u{34F}|\u{115F}|\u{1160}|\u{17B4}|\u{17B5}|\u{2800}|\u{3164}|\u{FFA0}`,
    // the emoji selector twice in a row selects nothing
    String.raw`(?<=\u{FE0F})\u{FE0F}`,
  ].join('|'),
  'gu',
)

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
