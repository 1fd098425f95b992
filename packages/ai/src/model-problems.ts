import { errorMessage } from '@pluggram/sdk'
import type { AiError, Logger } from '@pluggram/sdk'

/** Problems of further models are not remembered. */
const MAX_PROBLEMS = 50
/** So many failures in a row, over at least this time, are no bad luck. */
const DOWN_AFTER = 3
const DOWN_AFTER_MS = 5_000

/** A model that cannot answer. */
export interface ModelDown {
  /** `auto` or `provider:model`, as the configuration names it. */
  readonly model: string
  /** Why, in our own words. Contains no secrets. */
  readonly why: string
  /** Only the owner can mend it. */
  readonly isMisconfigured: boolean
}

interface Failures {
  readonly since: number
  readonly lastAt: number
  readonly count: number
  readonly why: string
}

/**
 * Problems the owner has to fix, such as an invalid key. Each is logged once, and reported as
 * unhealthy until it is solved.
 */
export class ModelProblems {
  readonly #logger: Logger
  /** Maps a model to its problem. */
  readonly #open = new Map<string, string>()
  /** Maps a model to its failures since it last answered. */
  readonly #failing = new Map<string, Failures>()
  readonly #now: () => number

  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger
    this.#now = now
  }

  /**
   * @param model `auto` or `provider:model`, as the configuration names it
   * @param words the provider's own words, short and without secrets
   */
  failed(model: string, failure: AiError, words = ''): void {
    const message = errorMessage(failure)
    const said = words === '' ? {} : { words }
    if (failure.code !== 'ai-misconfigured') {
      if (isDown(failure)) this.#count(model, message)
      this.#logger.warn('The language model failed.', { model, error: message, err: failure, ...said })
      return
    }
    if (this.#open.get(model) === message || this.#open.size >= MAX_PROBLEMS) return
    this.#open.set(model, message)
    this.#logger.error(`The language model cannot be used: ${message}`, { model, err: failure, ...said })
  }

  /** Its server cannot be reached, which no request had to find out. */
  unreachable(model: string, why: string): void {
    this.#count(model, why)
  }

  /** Its server answers again after it could not be reached. */
  reachable(model: string): void {
    if (this.#failing.delete(model))
      this.#logger.info('The server of the language model answers again.', { model })
  }

  /** Models whose last request failed. */
  failing(): readonly string[] {
    return [...this.#failing.keys()]
  }

  worked(model: string): void {
    this.#failing.delete(model)
    if (this.#open.delete(model)) this.#logger.info('The language model works again.', { model })
  }

  /** Why a model cannot be used; `undefined` if no problem is known. */
  of(model: string): string | undefined {
    return this.#open.get(model)
  }

  /** One line for each model that cannot be used. */
  list(): readonly string[] {
    return [...this.#open.values()]
  }

  /** The models that cannot answer: misconfigured, or failing again and again. */
  down(): readonly ModelDown[] {
    const misconfigured = [...this.#open].map(([model, why]) => ({ model, why, isMisconfigured: true }))
    const failing = [...this.#failing].flatMap(([model, { since, lastAt, count, why }]) => {
      const isDownLong = count >= DOWN_AFTER && lastAt - since >= DOWN_AFTER_MS
      return isDownLong && !this.#open.has(model) ? [{ model, why, isMisconfigured: false }] : []
    })
    return [...misconfigured, ...failing]
  }

  #count(model: string, why: string): void {
    const before = this.#failing.get(model)
    if (!before && this.#failing.size >= MAX_PROBLEMS) return
    const now = this.#now()
    const count = (before?.count ?? 0) + 1
    this.#failing.set(model, { since: before?.since ?? now, lastAt: now, count, why })
  }
}

/** Whether it is the server's fault, and not that of one question. */
function isDown({ code }: AiError): boolean {
  return code === 'ai-unavailable' || code === 'ai-overloaded' || code === 'ai-timeout'
}
