import { API_KEYS, BOT_TOKENS, cutText } from '@pluggram/base'

/** Private data that should not be in a journal, and its replacement. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [BOT_TOKENS, '[token]'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g, '[email]'],
  [/\b(?:\d[ -]?){12,18}\d\b/g, '[number]'],
  // a date is not one
  [/(?<![\w.])(?!\d{4}-\d\d-\d\d(?![\d-]))\+?\d(?:[ ()/-]{0,2}\d){7,14}(?!\w)/g, '[phone]'],
  [API_KEYS, '[key]'],
]

/** Replaces addresses, phone and card numbers, and keys; cuts the rest at `maxCharacters`. */
export function redact(text: string, maxCharacters: number): string {
  const replaced = PATTERNS.reduce(
    (result, [pattern, instead]) => result.replace(pattern, instead),
    text.slice(0, 4_096),
  )
  return cutText(replaced, maxCharacters, '…')
}
