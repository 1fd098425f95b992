import { Worker } from 'node:worker_threads'
import { z } from '@pluggram/sdk'
import type { DocumentKind } from './read-sections.ts'
import { splitText } from './split-text.ts'
import type { Passage } from './split-text.ts'

/** Why a document cannot be learned, in words for the person who sent it. */
export class DocumentProblem extends Error {}

const TIME_LIMIT_MS = 30_000
const UNREADABLE = 'It cannot be read; it may be damaged or locked.'
const MEMORY_MB = 256
const MAX_PASSAGES = 3_000
const sectionsSchema = z.array(z.object({ place: z.string(), text: z.string() }))

const KINDS: Readonly<Record<string, DocumentKind>> = {
  '.txt': 'text',
  '.text': 'text',
  '.log': 'text',
  '.csv': 'text',
  '.json': 'text',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.pdf': 'pdf',
}

/** Which of the kinds that can be read a file is, by its name, then by its type. */
export function documentKind(fileName: string, mimeType = ''): DocumentKind | undefined {
  const ending = /\.[a-z]+$/.exec(fileName.toLowerCase())?.[0] ?? ''
  const named = Object.hasOwn(KINDS, ending) ? KINDS[ending] : undefined
  if (named) return named
  if (mimeType === 'application/pdf') return 'pdf'
  if (mimeType === 'text/html') return 'html'
  if (mimeType === 'text/markdown') return 'markdown'
  return mimeType.startsWith('text/') ? 'text' : undefined
}

/**
 * Reads a document in a thread of its own and cuts it into passages.
 * @throws DocumentProblem when it cannot be read, takes too long, or holds no text
 */
export async function readDocument(
  bytes: Uint8Array,
  kind: DocumentKind,
  signal: AbortSignal,
): Promise<Passage[]> {
  const { data } = sectionsSchema.safeParse(
    mayStartThreads() ? await readInThread(bytes, kind, signal) : await readHere(bytes, kind),
  )
  const passages = splitText(data ?? [])
  if (passages.length === 0) {
    throw new DocumentProblem(
      kind === 'pdf'
        ? 'There is no text in it. A scanned PDF is a picture; I cannot read those.'
        : 'There is no text in it.',
    )
  }
  if (passages.length > MAX_PASSAGES) {
    throw new DocumentProblem('It is too long. Send it in several parts.')
  }
  return passages
}

/** In a process of its own a plugin gets no threads; there a bad file can end that process and nothing else. */
function mayStartThreads(): boolean {
  // absent without a permission model, whatever the types say
  const { permission }: { permission?: NodeJS.ProcessPermission } = process
  return permission?.has('worker') ?? true
}

async function readHere(bytes: Uint8Array, kind: DocumentKind): Promise<unknown> {
  const { readSections } = await import('./read-sections.ts')
  try {
    return await readSections(bytes, kind)
  } catch {
    throw new DocumentProblem(UNREADABLE)
  }
}

async function readInThread(bytes: Uint8Array, kind: DocumentKind, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted()
  // copied: what is transferred would be gone here, and a shared pool would go with it
  const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
    workerData: { bytes: Uint8Array.from(bytes), kind },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 32 },
    env: {},
    stdout: true,
    stderr: true,
  })
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const fail = (): void => reject(new DocumentProblem(UNREADABLE))
  const late = (): void => reject(new DocumentProblem('It takes too long to read.'))
  const stop = (): void => reject(signal.reason)
  worker.once('message', resolve)
  worker.once('error', fail)
  worker.once('exit', fail)
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(late, TIME_LIMIT_MS)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
