import { parentPort, workerData } from 'node:worker_threads'
import { z } from '@pluggram/sdk'
import { readPassages } from './read-passages.ts'
import { DOCUMENT_KINDS } from './read-sections.ts'

/**
 * Reads one document in a thread of its own: parsers meet files of strangers here, and a file that makes one run for ever or eat
 * memory ends this thread and nothing else.
 */
const { bytes, kind } = z
  .object({ bytes: z.instanceof(Uint8Array), kind: z.enum(DOCUMENT_KINDS) })
  .parse(workerData)

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(await readPassages(bytes, kind))
