import { createThreadWork, ThreadWorkError } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import type { DocumentKind } from './read-sections.ts'
import type { Passage } from './split-text.ts'
import { TEXTS } from './texts.ts'

/** Why a document cannot be learned, in words for the person who sent it. */
export class DocumentProblem extends Error {}

const passagesSchema = z.array(z.object({ place: z.string(), text: z.string() })).nullable()

const read = createThreadWork<{ readonly bytes: Uint8Array; readonly kind: DocumentKind }>({
  script: new URL('read-worker.ts', import.meta.url),
  async here({ bytes, kind }) {
    const { readPassages } = await import('./read-passages.ts')
    return readPassages(bytes, kind)
  },
  limitMs: 30_000,
})

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

/** The kind of a file that can be read, by its name, else by its type. */
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
 * Reads a document in a thread of its own and splits it into passages.
 * @throws DocumentProblem if it cannot be read, takes too long, or contains no text
 */
export async function readDocument(
  bytes: Uint8Array,
  kind: DocumentKind,
  signal: AbortSignal,
): Promise<Passage[]> {
  const passages = passagesSchema.parse(await readSafely(bytes, kind, signal))
  if (!passages) throw new DocumentProblem(TEXTS.tooLongSendSeveral)
  if (passages.length === 0) {
    throw new DocumentProblem(kind === 'pdf' ? TEXTS.containsNoTextCannot : TEXTS.containsNoText)
  }
  return passages
}

async function readSafely(bytes: Uint8Array, kind: DocumentKind, signal: AbortSignal): Promise<unknown> {
  try {
    // copied, because a shared buffer pool cannot be transferred to a thread
    return await read({ bytes: Uint8Array.from(bytes), kind }, signal)
  } catch (error) {
    if (!(error instanceof ThreadWorkError)) throw error
    const reason = error.isLate ? TEXTS.takesTooLongRead : TEXTS.cannotReadMayDamaged
    throw new DocumentProblem(reason, { cause: error })
  }
}
