import { Worker } from 'node:worker_threads'
import { z } from '@pluggram/sdk'
import { extractText } from './extract-text.ts'
import type { PageText } from './extract-text.ts'
import { PageError } from './page-url.ts'

const LIMIT_MS = 6_000
const MEMORY_MB = 256
const AT_ONCE = 2

const textSchema = z.object({ title: z.string(), text: z.string() })
const TOO_HARD = 'That page is too complicated for me to read.'

let running = 0
const waiting: (() => void)[] = []

/**
 * Extracts a page's text in a thread with limits on time and memory, two at once. In a plugin process, which may have no
 * threads, it is done at once: there the process is the limit.
 * @throws PageError when a limit is reached
 */
export async function extractSafely(
  html: string,
  signal: AbortSignal,
  limitMs: number = LIMIT_MS,
): Promise<PageText> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    signal.throwIfAborted()
    const worker = startWorker(html)
    return worker ? await result(worker, signal, limitMs) : extractText(html)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

function startWorker(html: string): Worker | undefined {
  try {
    return new Worker(new URL('extract-worker.ts', import.meta.url), {
      workerData: html,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 32 },
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_ACCESS_DENIED') return undefined
    throw error
  }
}

async function result(worker: Worker, signal: AbortSignal, limitMs: number): Promise<PageText> {
  const limit = AbortSignal.timeout(limitMs)
  const end = AbortSignal.any([limit, signal])
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const onEnd = (): void => reject(signal.aborted ? signal.reason : new PageError(TOO_HARD))
  worker.once('message', resolve)
  worker.once('error', (error) => reject(new PageError(TOO_HARD, { cause: error })))
  worker.once('exit', () => reject(new PageError(TOO_HARD)))
  end.addEventListener('abort', onEnd)
  try {
    return textSchema.parse(await promise)
  } finally {
    end.removeEventListener('abort', onEnd)
    await worker.terminate()
  }
}
