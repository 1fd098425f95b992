import { createThreadWork, ThreadWorkError } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import { FeedError } from './feed-error.ts'
import type { Feed } from './parse-feed.ts'
import { readWork } from './read-work.ts'
import type { ReadInput } from './read-work.ts'
import { TEXTS } from './texts.ts'

const feedSchema = z.object({
  title: z.string(),
  entries: z.array(
    z.object({ id: z.string(), title: z.string(), summary: z.string(), link: z.string().exactOptional() }),
  ),
})

const read = createThreadWork<ReadInput>({
  script: new URL('read-worker.ts', import.meta.url),
  here: readWork,
  limitMs: 6_000,
})

/**
 * Parses RSS, RDF, Atom or JSON Feed in a thread with limits on time and memory.
 * @throws FeedError if it is none of them, or a limit is reached
 */
export async function readFeed(text: string, url: string, signal: AbortSignal): Promise<Feed> {
  return feedSchema.parse(await readSafely({ kind: 'feed', text, url }, signal))
}

/**
 * Finds the address of the feed that a page names, in such a thread.
 * @throws FeedError if a limit is reached
 */
export async function findFeedOfPage(
  html: string,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return z
    .string()
    .optional()
    .parse(await readSafely({ kind: 'page', text: html, url }, signal))
}

async function readSafely(input: ReadInput, signal: AbortSignal): Promise<unknown> {
  try {
    return await read(input, signal)
  } catch (error) {
    if (!(error instanceof ThreadWorkError)) throw error
    const reason = error.isLate ? TEXTS.tooComplex : TEXTS.noFeedFound
    throw new FeedError(reason, { cause: error })
  }
}
