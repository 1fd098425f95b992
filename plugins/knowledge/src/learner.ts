import { createHash } from 'node:crypto'
import type { AiSubject, Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import type { Library } from './library.ts'
import { DocumentProblem, readDocument } from './read-document.ts'
import type { DocumentKind } from './read-sections.ts'
import type { Scope } from './scope.ts'
import type { Passage } from './split-text.ts'
import { TEXTS } from './texts.ts'
import { packVector } from './vectors.ts'

export const MAX_BYTES = 20 * 1_048_576
const MAX_TITLE_CHARACTERS = 120
const TEXTS_PER_REQUEST = 50

export interface Material {
  readonly scope: Scope
  readonly title: string
  readonly source: string
  readonly kind: DocumentKind
  readonly bytes: Uint8Array
  readonly addedBy: number
  /** Whose budget pays for embeddings. */
  readonly for?: AiSubject
}

/** The outcome for a document. */
export interface Learned {
  readonly title: string
  readonly passages: number
  /** The library already had exactly this document. */
  readonly isKnown: boolean
}

/** Reads documents into the library, one at a time, because reading takes processor time. */
export class Learner {
  readonly #library: Library
  readonly #services: Services
  readonly #config: Configuration
  #last: Promise<unknown> = Promise.resolve()

  constructor(library: Library, services: Services, config: Configuration) {
    this.#library = library
    this.#services = services
    this.#config = config
  }

  /** @throws DocumentProblem in words for the person who sent the document */
  learn(material: Material, signal: AbortSignal): Promise<Learned> {
    const work = this.#last.then(() => this.#learn(material, signal))
    this.#last = work.catch(() => {})
    return work
  }

  async #learn({ bytes, kind, scope, source, ...material }: Material, signal: AbortSignal): Promise<Learned> {
    if (bytes.byteLength > MAX_BYTES) throw new DocumentProblem(TEXTS.overMb)
    const title = oneLine(material.title)
    const hash = createHash('sha256').update(bytes).digest('base64url')
    const known = await this.#library.find(scope, source)
    if (known?.hash === hash) return { title, passages: known.passages, isKnown: true }
    const all = await this.#library.list([scope])
    if (!known && all.length >= this.#config.documents) {
      throw new DocumentProblem(TEXTS.haveReachedMaximumDocuments(all.length))
    }
    const passages = await readDocument(bytes, kind, signal)
    const { addedBy } = material
    const ids = await this.#library.add({ scope, title, source, hash, addedBy, passages })
    await this.#embed({ scope, ids, passages, ...(material.for && { for: material.for }) }, signal)
    return { title, passages: passages.length, isKnown: false }
  }

  /**
   * A document without vectors is still found by its words, so a failure here only goes to the log.
   */
  async #embed(
    {
      scope,
      ids,
      passages,
      for: subject,
    }: {
      readonly scope: Scope
      readonly ids: readonly number[]
      readonly passages: readonly Passage[]
      readonly for?: AiSubject
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { ai, logger } = this.#services
    if (!this.#config.embeddings || (await ai.abilities()).embed === undefined) return
    try {
      for (let start = 0; start < passages.length; start += TEXTS_PER_REQUEST) {
        const some = passages.slice(start, start + TEXTS_PER_REQUEST)
        const texts = some.map(({ place, text }) => `${place}\n${text}`.trim())
        const { model, vectors } = await ai.embed({ texts, signal, ...(subject && { for: subject }) })
        await this.#library.addVectors(
          scope,
          model,
          vectors.map((vector, index) => ({ passage: ids[start + index] ?? 0, vector: packVector(vector) })),
        )
      }
    } catch (error) {
      signal.throwIfAborted()
      logger.warn('A document could not be embedded; it is found by its words only', {
        error: error instanceof Error ? error.message : undefined,
      })
    }
  }
}

/** Titles come from strangers and appear in lists, answers and prompts. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.slice(0, MAX_TITLE_CHARACTERS).toWellFormed() || 'Untitled'
}
