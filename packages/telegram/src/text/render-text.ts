import type { TextFormat } from '@pluggram/sdk'
import { plainText } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { htmlToFormatted } from './html-text.ts'
import { markdownToFormatted } from './markdown-text.ts'

/**
 * Longer text is not converted: no answer is that long, and the time that parsers need for markup
 * made to hurt them grows with its square (32,768 units are also all that a rich message may hold).
 */
const CONVERSION_LIMIT = 32_768

/**
 * Turns a reply's text into what Telegram shows. Text that cannot be converted is shown as it was
 * written.
 */
export function renderText(source: string, format: TextFormat = 'plain'): FormattedText {
  if (format === 'plain' || source.length > CONVERSION_LIMIT) return plainText(source)
  try {
    const rendered =
      format === 'html' ? htmlToFormatted(source) : markdownToFormatted(source, format === 'model-markdown')
    // Markup without any words, like a lone link definition, is better shown than lost.
    return isBlank(rendered.text) ? plainText(source) : rendered
  } catch {
    // Deep nesting can exhaust the stack; the words must arrive all the same.
    return plainText(source)
  }
}

/**
 * Whether Telegram would call `text` empty: white space, control and invisible characters, and the
 * few marks that it takes out of every text.
 */
export function isBlank(text: string): boolean {
  return /^(?:[\s\p{Cc}\p{Cf}\u2800\uFFFC]|\u030A|\u0333|\u033F)*$/u.test(text)
}
