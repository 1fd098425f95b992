import { unlessAborted } from '@pluggram/base'
import { AiError } from '@pluggram/sdk'
import type { AiTimeouts } from './ai-options.ts'

/**
 * A cancellation scope. `signal` aborts when a parent signal does, when the scope is aborted, or at
 * `dispose`.
 */
class AbortScope implements Disposable {
  readonly #controller = new AbortController()
  readonly #followed: readonly AbortSignal[]

  constructor(signals: readonly (AbortSignal | undefined)[]) {
    this.#followed = signals.filter((signal) => signal !== undefined)
    for (const signal of this.#followed) {
      if (signal.aborted) this.abort(signal.reason)
      else signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** Resolves like `work`, but rejects with the reason as soon as the scope is aborted. */
  race<T>(work: PromiseLike<T>): Promise<Awaited<T>> {
    return unlessAborted(work, this.signal)
  }

  [Symbol.dispose](): void {
    for (const signal of this.#followed) signal.removeEventListener('abort', this.#onAbort)
    this.#controller.abort()
  }

  /** Aborts with a timeout error after `seconds`. */
  protected after(seconds: number, setting: keyof typeof SETTINGS): NodeJS.Timeout {
    return setTimeout(() => {
      const message = `The model ${SETTINGS[setting]} within ${Number(seconds.toFixed(1))} s. Try again, or raise ai.timeouts.${setting} in config.json.`
      this.abort(new AiError('ai-timeout', message, { isRetryable: true }))
    }, seconds * 1_000)
  }

  readonly #onAbort = (event: Event): void => {
    if (event.target instanceof AbortSignal) this.abort(event.target.reason)
  }
}

const SETTINGS = {
  first_token_seconds: 'did not begin to answer',
  between_tokens_seconds: 'fell silent in the middle of its answer',
  total_seconds: 'did not finish its answer',
} as const

/** Limits of one whole request, across all models and tries. */
export class RequestLimits extends AbortScope {
  readonly #total: NodeJS.Timeout

  constructor(timeouts: AiTimeouts, signals: readonly (AbortSignal | undefined)[]) {
    super(signals)
    this.#total = this.after(timeouts.totalSeconds, 'total_seconds')
  }

  override [Symbol.dispose](): void {
    clearTimeout(this.#total)
    super[Symbol.dispose]()
  }
}

/**
 * Limits of one model's attempt. Only time spent waiting for the model counts, not the reader's
 * time.
 *
 *   begin ──first_token──▶ content ┈reader┈ await ──between_tokens──▶ content ┈reader┈ … ──▶ dispose
 */
export class AttemptLimits extends AbortScope {
  readonly #timeouts: AiTimeouts
  #silence: NodeJS.Timeout | undefined
  #hasHeard = false

  constructor(timeouts: AiTimeouts, signal: AbortSignal) {
    super([signal])
    this.#timeouts = timeouts
    this.#silence = this.after(timeouts.firstTokenSeconds, 'first_token_seconds')
  }

  /** Starts the timer: the reader is waiting for the model. */
  await(): void {
    if (!this.#hasHeard || this.#silence) return
    this.#silence = this.after(this.#timeouts.betweenTokensSeconds, 'between_tokens_seconds')
  }

  /** Stops the timer: the model sent something, even if only reasoning. */
  heard(): void {
    this.#hasHeard = true
    clearTimeout(this.#silence)
    this.#silence = undefined
  }

  override [Symbol.dispose](): void {
    clearTimeout(this.#silence)
    super[Symbol.dispose]()
  }
}
