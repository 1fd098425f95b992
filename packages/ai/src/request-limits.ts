import { AiError } from '@pluggram/sdk'
import type { AiTimeouts } from './ai-options.ts'

/**
 * The clocks of one request. `signal` aborts when a limit is passed, when the caller gives up, or at `dispose`:
 * whatever the reason, the HTTP request behind it ends.
 *
 *   start ──firstToken──▶ text ──betweenTokens──▶ text ──▶ … ──▶ dispose
 *     └──────────────────────── total ────────────────────────┘
 */
export class RequestLimits implements Disposable {
  readonly #controller = new AbortController()
  readonly #timeouts: AiTimeouts
  readonly #total: NodeJS.Timeout
  readonly #signals: readonly AbortSignal[]
  #silence: NodeJS.Timeout | undefined

  constructor(timeouts: AiTimeouts, signals: readonly (AbortSignal | undefined)[]) {
    this.#timeouts = timeouts
    this.#total = this.#after(timeouts.totalSeconds, 'total_seconds', 'did not finish its answer')
    this.#signals = signals.filter((signal) => signal !== undefined)
    for (const signal of this.#signals) {
      if (signal.aborted) this.#forward(signal)
      else signal.addEventListener('abort', this.#onAbort, { once: true })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** A try begins: the model has the first-token time to say something. */
  expectFirstToken(): void {
    clearTimeout(this.#silence)
    this.#silence = this.#after(
      this.#timeouts.firstTokenSeconds,
      'first_token_seconds',
      'did not begin to answer',
    )
  }

  /** The model said something, be it only a thought. */
  heard(): void {
    clearTimeout(this.#silence)
    this.#silence = this.#after(
      this.#timeouts.betweenTokensSeconds,
      'between_tokens_seconds',
      'fell silent in the middle of its answer',
    )
  }

  /** The reader of the text is busy; that time is not the model's silence. */
  pause(): void {
    clearTimeout(this.#silence)
  }

  /** Settles as `work` does, but rejects with the reason at once when the request is aborted. */
  async race<T>(work: PromiseLike<T>): Promise<T> {
    this.signal.throwIfAborted()
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(this.signal.reason)
    this.signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await Promise.race([work, aborted])
    } finally {
      this.signal.removeEventListener('abort', onAbort)
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#total)
    clearTimeout(this.#silence)
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#onAbort)
    this.#controller.abort()
  }

  readonly #onAbort = (event: Event): void => {
    if (event.target instanceof AbortSignal) this.#forward(event.target)
  }

  #forward(signal: AbortSignal): void {
    this.#controller.abort(signal.reason)
  }

  #after(seconds: number, setting: string, what: string): NodeJS.Timeout {
    return setTimeout(() => {
      const message = `The model ${what} within ${seconds} s. Try again, or raise ai.timeouts.${setting} in config.json.`
      this.#controller.abort(new AiError('ai-timeout', message, { isRetryable: true }))
    }, seconds * 1_000)
  }
}
