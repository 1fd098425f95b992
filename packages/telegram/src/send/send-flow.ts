import { TelegramError } from '../api/errors.ts'

/** Whether messages leave. */
export interface SendFlowStatus {
  /** When Telegram accepted the last message. */
  readonly lastSentAt?: Date
  /** For how long Telegram has answered no send, although some were tried; 0 while it answers. */
  readonly failingMs: number
  /** Sends that have no answer yet. */
  readonly underWay: number
  /** Why the last send failed; absent while sends work. */
  readonly lastError?: string
}

interface Attempt {
  readonly since: number
}

/**
 * Watches the sends. One that Telegram refuses for itself, or asks to make later (429), shows that
 * the way there works; one without an answer, or with one that is not the Bot API's, that it may
 * not.
 */
export class SendFlow {
  readonly #now: () => number
  /** The oldest comes first. */
  readonly #underWay = new Set<Attempt>()
  #lastSentAt: number | undefined
  #answeredAt = -Infinity
  #failingSince: number | undefined
  #lastError: string | undefined

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @param isUpload may take long */
  watch<T>(sending: Promise<T>, isUpload: boolean): Promise<T> {
    const attempt = { since: this.#now() }
    if (!isUpload) this.#underWay.add(attempt)
    return sending.then(
      (sent) => {
        this.#underWay.delete(attempt)
        this.#lastSentAt = Date.now()
        this.#answered()
        return sent
      },
      (error: unknown) => {
        this.#underWay.delete(attempt)
        this.#failed(error, attempt)
        throw error
      },
    )
  }

  status(): SendFlowStatus {
    const now = this.#now()
    const [oldest] = this.#underWay
    const hanging = oldest === undefined ? now : Math.max(oldest.since, this.#answeredAt)
    return {
      failingMs: now - Math.min(this.#failingSince ?? now, hanging),
      underWay: this.#underWay.size,
      ...(this.#lastSentAt !== undefined && { lastSentAt: new Date(this.#lastSentAt) }),
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    }
  }

  #answered(): void {
    this.#answeredAt = this.#now()
    this.#failingSince = undefined
    this.#lastError = undefined
  }

  #failed(error: unknown, { since }: Attempt): void {
    if (!(error instanceof TelegramError) || error.failure === 'cancelled') return
    const { failure, errorCode = 0 } = error
    if (failure === 'refused' && errorCode < 500) return this.#answered()
    this.#failingSince ??= since
    this.#lastError = error.message
  }
}
