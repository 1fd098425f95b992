import { errorMessage } from '@pluggram/sdk'
import type { AiError, Logger } from '@pluggram/sdk'

/** Problems of further models are not remembered. */
const MAX_PROBLEMS = 50

/**
 * Problems the owner has to fix, such as an invalid key. Each is logged once, and reported as
 * unhealthy until it is solved.
 */
export class ModelProblems {
  readonly #logger: Logger
  /** Maps a model to its problem. */
  readonly #open = new Map<string, string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * @param model `auto` or `provider:model`, as the configuration names it
   * @param words the provider's own words, short and without secrets
   */
  failed(model: string, failure: AiError, words = ''): void {
    const message = errorMessage(failure)
    const said = words === '' ? {} : { words }
    if (failure.code !== 'ai-misconfigured') {
      this.#logger.warn('The language model failed.', { model, error: message, err: failure, ...said })
      return
    }
    if (this.#open.get(model) === message || this.#open.size >= MAX_PROBLEMS) return
    this.#open.set(model, message)
    this.#logger.error(`The language model cannot be used: ${message}`, { model, err: failure, ...said })
  }

  worked(model: string): void {
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
}
