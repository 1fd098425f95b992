import { createThreadWork, ThreadWorkError } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import { extractText } from './extract-text.ts'
import type { PageText } from './extract-text.ts'
import { PageError } from './page-url.ts'
import { TEXTS } from './texts.ts'

const textSchema = z.object({ title: z.string(), text: z.string() })

const extract = createThreadWork<string>({
  script: new URL('extract-worker.ts', import.meta.url),
  here: extractText,
  limitMs: 6_000,
})

/**
 * Extracts a page's text in a thread with limits on time and memory, two at once. A plugin process
 * may have no threads, so there it runs directly: the process is the limit.
 * @throws PageError if a limit is reached
 */
export async function extractSafely(html: string, signal: AbortSignal): Promise<PageText> {
  try {
    return textSchema.parse(await extract(html, signal))
  } catch (error) {
    if (!(error instanceof ThreadWorkError)) throw error
    throw new PageError(TEXTS.tooComplex, { cause: error })
  }
}
