import type { TextFormat } from '@pluggram/sdk'
import { isBlank, plainText } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { htmlToFormatted } from './html-text.ts'
import { markdownToFormatted } from './markdown-text.ts'

/**
 * Longer text is not converted: no answer is that long, and malicious markup can take parsers
 * quadratic time. (A rich message is limited to 32,768 units too.)
 */
const CONVERSION_LIMIT = 32_768

/**
 * Converts a reply's text to text with entities. Text that cannot be converted is shown as written.
 */
export function renderText(source: string, format: TextFormat = 'plain'): FormattedText {
  if (format === 'plain' || source.length > CONVERSION_LIMIT) return plainText(source)
  try {
    const rendered =
      format === 'html' ? htmlToFormatted(source) : markdownToFormatted(source, format === 'model-markdown')
    // Markup without text, like a lone link definition, is shown as written.
    return isBlank(rendered.text) ? plainText(source) : rendered
  } catch {
    // Deep nesting can overflow the stack; the text must arrive anyway.
    return plainText(source)
  }
}
