import { AiError } from '@pluggram/sdk'
import type { AiAccount, AiAmount, AiLimit } from '@pluggram/sdk/runtime'

/** A call that waits longer than this fails with `ai-busy`. */
const MAX_WAIT_MS = 30_000

/**
 * Amounts reserved by running calls. Most of a reservation is released when its call ends. So when
 * only reservations exhaust a budget, a call waits; it is refused only when actual usage does.
 */
export class OpenCalls {
  readonly #maxWaitMs: number
  readonly #setAside = new Map<string, AiAmount>()
  readonly #waiting = new Set<() => void>()

  constructor(maxWaitMs = MAX_WAIT_MS) {
    this.#maxWaitMs = maxWaitMs
  }

  /**
   * Records a call's reservation. Call the returned function once, when the reservation is settled.
   */
  begin(accounts: readonly AiAccount[], amount: AiAmount): () => void {
    this.#add(accounts, amount, 1)
    return () => {
      this.#add(accounts, amount, -1)
      for (const wake of this.#waiting) wake()
    }
  }

  /** Whether a limit is reached only because of the reservations of running calls. */
  hold({ account, tokens = Infinity, micros = Infinity }: AiLimit, used: AiAmount): boolean {
    const open = this.#setAside.get(keyOf(account))
    return open !== undefined && used.tokens - open.tokens < tokens && used.micros - open.micros < micros
  }

  /**
   * Waits until a call ends.
   * @throws AiError `ai-busy` when none does in time, or the signal's reason
   */
  async whenOneEnds(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(busy()), this.#maxWaitMs)
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.add(resolve)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      this.#waiting.delete(resolve)
    }
  }

  #add(accounts: readonly AiAccount[], { tokens, micros }: AiAmount, sign: 1 | -1): void {
    for (const account of accounts) {
      const key = keyOf(account)
      const before = this.#setAside.get(key) ?? { tokens: 0, micros: 0 }
      const after = { tokens: before.tokens + sign * tokens, micros: before.micros + sign * micros }
      if (after.tokens === 0 && after.micros === 0) this.#setAside.delete(key)
      else this.#setAside.set(key, after)
    }
  }
}

function keyOf({ scope, name, isCheaper }: AiAccount): string {
  return `${scope}:${isCheaper}:${name}`
}

function busy(): AiError {
  return new AiError(
    'ai-busy',
    'What is left of the budget is set aside for answers under way. Wait for one to end before asking more.',
    { isRetryable: true },
  )
}
