import { unlessAborted } from '@pluggram/base'
import { AiError } from '@pluggram/sdk'
import type { AiTimeouts } from './ai-options.ts'

/** Work that ends together: `signal` aborts when one of the signals it follows does, when it is told to, or at `dispose`. */
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

  /** Gives what `work` gives, but rejects with the reason as soon as the work is aborted. */
  race<T>(work: PromiseLike<T>): Promise<Awaited<T>> {
    return unlessAborted(work, this.signal)
  }

  [Symbol.dispose](): void {
    for (const signal of this.#followed) signal.removeEventListener('abort', this.#onAbort)
    this.#controller.abort()
  }

  /** Aborts with a time-out error after `seconds`. */
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

/** The whole of one request, whichever models are tried and however often. */
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
 * One model's try at an answer. Only time spent waiting for the model counts, not the time its reader takes.
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

  /** Somebody waits for the model now. */
  await(): void {
    if (!this.#hasHeard || this.#silence) return
    this.#silence = this.after(this.#timeouts.betweenTokensSeconds, 'between_tokens_seconds')
  }

  /** The model said something, be it only a thought. */
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
