import type { TextFormat } from '@pluggram/sdk'
import { plainText } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { htmlToFormatted } from './html-text.ts'
import { markdownToFormatted } from './markdown-text.ts'

/** Turns a reply's text into what Telegram shows. Text that cannot be converted is shown as it was written. */
export function renderText(source: string, format: TextFormat = 'plain'): FormattedText {
  if (format === 'plain') return plainText(source)
  try {
    const rendered = format === 'markdown' ? markdownToFormatted(source) : htmlToFormatted(source)
    // Markup without any words, like a lone link definition, is better shown than lost.
    return isBlank(rendered.text) ? plainText(source) : rendered
  } catch {
    // Deep nesting can exhaust the stack; the words must arrive all the same.
    return plainText(source)
  }
}

/** Whether Telegram would call `text` empty: white space, control and invisible characters only. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}]*$/u.test(text)
}
