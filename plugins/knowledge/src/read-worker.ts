import { parentPort, workerData } from 'node:worker_threads'
import { z } from '@pluggram/sdk'
import { extractText } from 'unpdf'
import { decodeText } from './decode-text.ts'
import { htmlText } from './html-text.ts'
import { markdownSections } from './markdown-sections.ts'
import type { Section } from './split-text.ts'

/**
 * Reads one document in a thread of its own: parsers meet files of strangers here, and a file that makes one run for ever or eat
 * memory ends this thread and nothing else.
 */
const { bytes, kind } = z
  .object({ bytes: z.instanceof(Uint8Array), kind: z.enum(['text', 'markdown', 'html', 'pdf']) })
  .parse(workerData)

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(await read())

async function read(): Promise<Section[]> {
  switch (kind) {
    case 'pdf': {
      const { text } = await extractText(bytes, { mergePages: false })
      return text.map((page, index) => ({ place: `page ${index + 1}`, text: page }))
    }
    case 'html':
      return htmlText(decodeText(bytes))
    case 'markdown':
      return markdownSections(decodeText(bytes))
    case 'text':
      return [{ place: '', text: decodeText(bytes) }]
  }
}
