import { parentPort, workerData } from 'node:worker_threads'
import { z } from '@pluggram/sdk'
import { readPassages } from './read-passages.ts'
import { DOCUMENT_KINDS } from './read-sections.ts'

/**
 * Reads one document in a thread of its own. Its parsers handle files of strangers. A file that
 * makes a parser hang or run out of memory only ends this thread.
 */
const { bytes, kind } = z
  .object({ bytes: z.instanceof(Uint8Array), kind: z.enum(DOCUMENT_KINDS) })
  .parse(workerData)

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(await readPassages(bytes, kind))
