import { AiError } from '@pluggram/sdk'

/** A request that waits longer than this fails with `ai-busy`. */
const MAX_WAIT_MS = 30_000
/** Further requests are refused. */
const MAX_WAITING = 1_000

export interface GateLimits {
  readonly user: number
  readonly overall: number
}

interface Waiting {
  readonly user: number | undefined
  readonly enter: () => void
}

/** Limits concurrent requests per user and overall; the others wait in order. */
export class RequestGate {
  readonly #limits: GateLimits
  readonly #maxWaitMs: number
  readonly #byUser = new Map<number, number>()
  readonly #waiting = new Set<Waiting>()
  #inside = 0

  constructor(limits: GateLimits, maxWaitMs = MAX_WAIT_MS) {
    this.#limits = limits
    this.#maxWaitMs = maxWaitMs
  }

  /**
   * Waits for a turn. The returned function ends it and can be called more than once.
   * @throws AiError `ai-busy`, or the signal's reason
   */
  async enter(user: number | undefined, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (!this.#isFree(user)) await this.#wait(user, signal)
    else this.#take(user)
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      this.#leave(user)
    }
  }

  async #wait(user: number | undefined, signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) throw busy()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = { user, enter: resolve }
    const timer = setTimeout(() => reject(busy()), this.#maxWaitMs)
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.add(waiting)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      this.#waiting.delete(waiting)
    }
  }

  #isFree(user: number | undefined): boolean {
    if (this.#inside >= this.#limits.overall) return false
    return user === undefined || (this.#byUser.get(user) ?? 0) < this.#limits.user
  }

  #take(user: number | undefined): void {
    this.#inside += 1
    if (user !== undefined) this.#byUser.set(user, (this.#byUser.get(user) ?? 0) + 1)
  }

  #leave(user: number | undefined): void {
    this.#inside -= 1
    if (user !== undefined) {
      const left = (this.#byUser.get(user) ?? 1) - 1
      if (left > 0) this.#byUser.set(user, left)
      else this.#byUser.delete(user)
    }
    for (const waiting of this.#waiting) {
      if (!this.#isFree(waiting.user)) continue
      // taken here, so that no other request can slip in before the waiting one continues
      this.#waiting.delete(waiting)
      this.#take(waiting.user)
      waiting.enter()
    }
  }
}

function busy(): AiError {
  return new AiError('ai-busy', 'Too many requests are under way. Wait for an answer before asking more.', {
    isRetryable: true,
  })
}
