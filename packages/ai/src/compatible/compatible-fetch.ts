import type { Logger } from '@pluggram/sdk'
import type { Fetch } from '../bounded-fetch.ts'
import type { Habits, ModelHabits } from './model-habits.ts'
import { openAnswerStream } from './answer-stream.ts'
import { checkOllamaContext, isFromOllama } from './ollama-context.ts'
import { providerWords } from './provider-words.ts'
import { featureInWords, featureNamed, toolsAsGuess } from './refused-features.ts'
import type { Feature, RequestBody } from './refused-features.ts'

export interface CompatibleFetchOptions {
  readonly fetch: Fetch
  readonly habits: ModelHabits
  /** What is known of the model that is asked. */
  readonly model: Habits
  /** `provider:model`, for the log. */
  readonly name: string
  readonly logger: Logger
}

/** A request is asked again at most this often; each time without one more part. */
const MAX_TIMES = 8
/** Other refusals are not about the request's parts. */
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 405, 415, 422, 500, 501])

/**
 * A `fetch` for servers that say they speak OpenAI's protocol. A part of the request that a model
 * refuses is left out, at once and in later requests. The answer comes back as the protocol defines
 * it, however the server wrote it; an error that a server hides in a stream comes back as one.
 */
export function createCompatibleFetch(options: CompatibleFetchOptions): Fetch {
  return async (input, init) => {
    const body = readBody(init?.body)
    if (!body) return options.fetch(input, init)
    const ask = async (sent: RequestBody): Promise<Response> => {
      const text = JSON.stringify(sent)
      const chat = {
        url: String(input),
        headers: init?.headers,
        model: sent['model'],
        characters: text.length,
      }
      return openAnswerStream(await options.fetch(input, { ...init, body: text }), {
        signal: init?.signal,
        onFirst: (message) => {
          // not awaited: the answer must not wait for it, and it never rejects
          if (isFromOllama(message)) void checkOllamaContext(chat, options)
        },
      })
    }
    return new Asking(options, ask).answer(body)
  }
}

/** One request, asked until the server takes it. */
class Asking {
  readonly #options: CompatibleFetchOptions
  readonly #ask: (body: RequestBody) => Promise<Response>

  constructor(options: CompatibleFetchOptions, ask: (body: RequestBody) => Promise<Response>) {
    this.#options = options
    this.#ask = ask
  }

  async answer(whole: RequestBody): Promise<Response> {
    const { habits, model } = this.#options
    const known = habits.refusedBy(model).map(featureNamed)
    let body = known.reduce((rest, feature) => feature?.without(rest) ?? rest, whole)
    const left: LeftOut[] = []
    let refusal: Response | undefined
    for (let times = 1; ; times++) {
      const response = await this.#ask(body)
      if (response.ok) {
        this.#remember(left, body)
        return response
      }
      const text = await response.text()
      const copy = (): Response => new Response(text, response)
      const words = providerWords(text)
      const feature = times < MAX_TIMES ? this.#refused(response.status, text, words, body) : undefined
      if (!feature) {
        // a guess that did not help says nothing; the first refusal does
        if (left.at(-1)?.isGuess !== true || !refusal) return copy()
        habits.guessedInVain(model)
        return refusal
      }
      if (feature.isGuess) refusal = copy()
      left.push({ ...feature, words, status: response.status })
      body = feature.feature.without(body)
    }
  }

  #refused(status: number, text: string, words: string, body: RequestBody): Guess | undefined {
    const { habits, model } = this.#options
    if (!REFUSALS.has(status)) return undefined
    // a long refusal may name its cause anywhere
    const feature = featureInWords(words, body) ?? featureInWords(text.slice(0, 4_000), body)
    if (feature) return { feature, isGuess: false }
    const guess = habits.mayGuess(model) ? toolsAsGuess(words, body) : undefined
    if (!guess) return undefined
    // a fault may pass; one that comes again is taken for a refusal
    if (status === 500 && ++model.faultsWithTools < 2) return undefined
    return { feature: guess, isGuess: true }
  }

  #remember(left: readonly LeftOut[], body: RequestBody): void {
    const { habits, model, name, logger } = this.#options
    if ('tools' in body) model.faultsWithTools = 0
    for (const { feature, isGuess, words, status } of left) {
      habits.refuses(model, feature.name, isGuess)
      logger.warn(`the model server refuses ${feature.name}; it is asked without from now on`, {
        model: name,
        status,
        words,
      })
    }
  }
}

interface Guess {
  readonly feature: Feature
  readonly isGuess: boolean
}

interface LeftOut extends Guess {
  readonly words: string
  readonly status: number
}

function readBody(body: unknown): RequestBody | undefined {
  if (typeof body !== 'string') return undefined
  const value: unknown = JSON.parse(body)
  return typeof value === 'object' && value !== null && 'messages' in value ? { ...value } : undefined
}
