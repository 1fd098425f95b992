import { z } from '@pluggram/sdk'
import { feedOfPage } from './feed-of-page.ts'
import { parseFeed } from './parse-feed.ts'

/** The input of the thread. */
export const readInput = z.object({ kind: z.enum(['feed', 'page']), text: z.string(), url: z.string() })

export type ReadInput = z.infer<typeof readInput>

/** Parses a feed, or finds the feed of a page. */
export function readWork({ kind, text, url }: ReadInput): unknown {
  return kind === 'feed' ? parseFeed(text, url) : feedOfPage(text, url)
}
