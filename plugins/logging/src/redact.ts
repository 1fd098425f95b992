/** What people write that should not stay in a journal, and what stands there instead. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(?<!\d)\d{5,}:[A-Za-z0-9_-]{30,}/g, '[token]'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g, '[email]'],
  [/\b(?:\d[ -]?){12,18}\d\b/g, '[number]'],
  // a date is none
  [/(?<![\w.])(?!\d{4}-\d\d-\d\d(?![\d-]))\+?\d(?:[ ()/-]{0,2}\d){7,14}(?!\w)/g, '[phone]'],
  [/\b(?:(?:sk|pk|rk|gh[pousr]|github_pat|xox[a-z])[-_]|AIza|AKIA)[A-Za-z0-9_-]{16,}/g, '[key]'],
]

/** Replaces addresses, numbers of phones and cards, and keys; the rest is cut at `maxCharacters`. */
export function redact(text: string, maxCharacters: number): string {
  const replaced = PATTERNS.reduce(
    (result, [pattern, instead]) => result.replace(pattern, instead),
    text.slice(0, 4_096),
  )
  return replaced.length > maxCharacters ? `${replaced.slice(0, maxCharacters)}…` : replaced
}
