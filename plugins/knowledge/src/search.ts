import type { MessageContext, Services } from '@pluggram/sdk'
import type { FoundPassage, Library } from './library.ts'
import type { Scope } from './scope.ts'
import { dotProduct, packVector } from './vectors.ts'

const MAX_QUERY_WORDS = 32
const PAGE = 1_000
/** Beyond, passages are found by their words only. */
const MAX_VECTORS = 10_000
/** Texts that are less alike than this have nothing to do with each other, in every model we know. */
const MIN_LIKENESS = 0.2
/** Weighs how much the first places count: the usual value of reciprocal rank fusion. */
const RANK_SMOOTHING = 60
const TIME_LIMIT_MS = 20_000

export interface SearchOptions {
  readonly library: Library
  readonly services: Services
  readonly embeddings: boolean
}

/**
 * The passages that answer a question best, by words and, when a model for embeddings is set, by meaning; both lists are merged by
 * rank. Without that model, or when it fails, words alone decide.
 */
export async function search(
  question: string,
  {
    scopes,
    limit,
    context,
  }: {
    readonly scopes: readonly Scope[]
    readonly limit: number
    readonly context: Pick<MessageContext, 'chat' | 'user' | 'signal'>
  },
  { library, services, embeddings }: SearchOptions,
): Promise<FoundPassage[]> {
  const query = wordQuery(question)
  const [byWords, byMeaning] = await Promise.all([
    query === '' ? [] : library.searchWords(query, scopes, limit * 3),
    embeddings ? nearest(question, { scopes, limit: limit * 3, context }, { library, services }) : [],
  ])
  const best = mergeRanks([byWords.map(({ id }) => id), byMeaning]).slice(0, limit)
  return library.passages(best, scopes)
}

/** Any of the words, long ones also as beginnings; quoted, since the words are a stranger's and FTS5 has a syntax. */
export function wordQuery(question: string): string {
  const words = question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return [...new Set(words)]
    .slice(0, MAX_QUERY_WORDS)
    .map((word) => (word.length >= 4 ? `"${word}"*` : `"${word}"`))
    .join(' OR ')
}

function mergeRanks(lists: readonly (readonly number[])[]): number[] {
  const scores = new Map<number, number>()
  for (const list of lists) {
    list.forEach((id, rank) => scores.set(id, (scores.get(id) ?? 0) + 1 / (RANK_SMOOTHING + rank)))
  }
  return [...scores].toSorted(([, a], [, b]) => b - a).map(([id]) => id)
}

async function nearest(
  question: string,
  {
    scopes,
    limit,
    context,
  }: {
    readonly scopes: readonly Scope[]
    readonly limit: number
    readonly context: Pick<MessageContext, 'chat' | 'user' | 'signal'>
  },
  { library, services }: Pick<SearchOptions, 'library' | 'services'>,
): Promise<number[]> {
  const { embed: model } = await services.ai.abilities()
  if (model === undefined) return []
  const [first] = await library.vectors(model, scopes, { after: 0, limit: 1 })
  if (!first) return []
  try {
    const { vectors } = await services.ai.embed({
      texts: [question],
      for: context,
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
    })
    const asked = packVector(vectors[0] ?? [])
    return await scan(asked, { model, scopes, limit }, library)
  } catch (error) {
    context.signal.throwIfAborted()
    services.logger.warn('A question could not be embedded; its words alone decide', {
      error: error instanceof Error ? error.message : undefined,
    })
    return []
  }
}

async function scan(
  asked: Uint8Array,
  {
    model,
    scopes,
    limit,
  }: {
    readonly model: string
    readonly scopes: readonly Scope[]
    readonly limit: number
  },
  library: Library,
): Promise<number[]> {
  let best: { passage: number; likeness: number }[] = []
  let after = 0
  for (let seen = 0; seen < MAX_VECTORS; seen += PAGE) {
    const page = await library.vectors(model, scopes, { after, limit: PAGE })
    const near = page
      .map(({ passage, vector }) => ({ passage, likeness: dotProduct(asked, vector) }))
      .filter(({ likeness }) => likeness >= MIN_LIKENESS)
    best = [...best, ...near].toSorted((a, b) => b.likeness - a.likeness).slice(0, limit)
    if (page.length < PAGE) break
    after = page.at(-1)?.passage ?? after
  }
  return best.map(({ passage }) => passage)
}
