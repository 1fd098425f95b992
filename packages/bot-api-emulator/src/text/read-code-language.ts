/**
 * Reads what follows three backticks: a language if white space comes after it, then at most one
 * line break. Both Markdown dialects share this rule.
 */
export function readCodeLanguage(source: string, start: number): { language: string; contentStart: number } {
  const word = /[^\s`]*/y
  word.lastIndex = start
  const name = word.exec(source)?.[0] ?? ''
  const after = source[start + name.length]
  const isLanguage = name !== '' && after !== undefined && after !== '`'
  const position = isLanguage ? start + name.length : start
  const lineBreak = /\r\n|\n\r|\r|\n/y
  lineBreak.lastIndex = position
  const skipped = lineBreak.exec(source)?.[0].length ?? 0
  return { language: isLanguage ? name : '', contentStart: position + skipped }
}
