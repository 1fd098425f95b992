import type { MessageContext, Services } from '@pluggram/sdk'
import type { FoundPassage, Library } from './library.ts'
import type { Scope } from './scope.ts'
import { dotProduct, packVector } from './vectors.ts'

const MAX_QUERY_WORDS = 32
const PAGE = 1_000
/** With more vectors than this, passages are found by their words only. */
const MAX_VECTORS = 10_000
/** Texts that are less similar than this are unrelated, in every model we know. */
const MIN_LIKENESS = 0.2
/** How much the first ranks count: the usual value of reciprocal rank fusion. */
const RANK_SMOOTHING = 60
const TIME_LIMIT_MS = 20_000

export interface SearchOptions {
  readonly library: Library
  readonly services: Services
  readonly embeddings: boolean
}

/**
 * Finds the passages that answer a question best: by words and, if an embedding model is set, by
 * meaning. The two lists are merged by rank. Without that model, or if it fails, only words count.
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

/** Question words that say nothing about the topic, in the most frequent languages. */
const ASKING = new Set(
  `a about am an and any are as at be been but by can could did do does for from had has have how i if in into is it its me my
  of on or our shall should so than that the their them there these they this those to was we were what when where which who
  whom whose why will with would you your
  aber als am an auf auch aus bei bin bist das dass dein dem den der des die du ein eine einem einen einer es für hat habe
  ich ihr im in ist kann können man mein mit nicht oder sein sich sie sind und von wann warum was welche welcher wenn wer
  wie wird wo zu zum zur
  al como cómo con cuál cuándo de del dónde el en es la las lo los mi para por qué quién se su un una y
  à au aux ce comment dans des du est et je la le les ma mon où pour pourquoi quand que quel quelle qui sur une`.split(
    /\s+/,
  ),
)

/**
 * Matches any of the words, long ones also as prefixes. They are quoted, because they come from
 * strangers and FTS5 has a query syntax.
 */
export function wordQuery(question: string): string {
  const all = question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const telling = all.filter((word) => !ASKING.has(word))
  return [...new Set(telling.length > 0 ? telling : all)]
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
