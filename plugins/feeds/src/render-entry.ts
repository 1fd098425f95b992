import type { Reply } from '@pluggram/sdk'
import type { Entry } from './parse-feed.ts'
import { TEXTS } from './texts.ts'

/**
 * An entry as a message. Formatting is separate from the text, so nothing in a feed can become
 * formatting.
 */
export function renderEntry(
  feed: string,
  { title, summary, link }: Entry,
): Omit<Reply, 'text' | 'reaction'> & { text: string } {
  const start = '📰 '.length
  // many feeds repeat the title as the summary
  const body = summary === title || summary === '' ? '' : `\n\n${summary}`
  return {
    text: `📰 ${title}${body}\n\n${feed}`,
    entities: [
      { type: 'bold', offset: start, length: title.length },
      ...(link === undefined ? [] : [{ type: 'text_link', offset: start, length: title.length, url: link }]),
    ],
    ...(link !== undefined && { buttons: [[{ text: TEXTS.readOn, url: link }]] }),
  }
}
