import type { CallSlot } from '@pluggram/sdk/runtime'

/**
 * Limits how many messages may be on their way to Telegram at once. A slot is taken just before the
 * call, not while the message waits for its turn, and is given back when the outcome is on disk. So
 * a kill leaves at most this many messages with an unknown outcome.
 */
export class CallSlots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  /** A slot for one message. */
  slot(): CallSlot {
    let isTaken = false
    return {
      take: async (signal) => {
        if (isTaken) return
        await this.#take(signal)
        isTaken = true
      },
      giveBack: () => {
        if (!isTaken) return
        isTaken = false
        this.#giveBack()
      },
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.add(resolve)
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#waiting.delete(resolve)
    }
  }

  #giveBack(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
