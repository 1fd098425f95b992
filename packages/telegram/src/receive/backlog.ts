import type { StatusTracker } from './source.ts'

/** How often Telegram is asked what waits there: usually, and while something waits. */
const LOOK_MS = [60_000, 5_000] as const
/** What waited at this many looks in a row, with nothing arriving between, does not arrive. */
const SUSPICIOUS_LOOKS = 3

export type BacklogVerdict = 'moving' | 'unsure' | 'stuck'

/**
 * Judges how many updates wait at Telegram. A source that asks for updates, or is ready to be given
 * some, and gets none although they wait, is deaf, however well its calls succeed.
 */
export class Backlog {
  readonly #tracker: StatusTracker
  readonly #lookMs: readonly [usually: number, whileWaiting: number]
  #suspicious = 0
  #lastUpdateAt: Date | undefined

  constructor(tracker: StatusTracker, lookMs: readonly [usually: number, whileWaiting: number] = LOOK_MS) {
    this.#tracker = tracker
    this.#lookMs = lookMs
  }

  /** How long until the next look. */
  get nextMs(): number {
    return this.#lookMs[this.#tracker.waitingAtTelegram ? 1 : 0]
  }

  /**
   * @param waiting `pending_update_count` of getWebhookInfo
   * @param couldArrive whether something could have arrived since the last look
   */
  judge(waiting: number, couldArrive: boolean): BacklogVerdict {
    const { lastUpdateAt } = this.#tracker
    const hasArrived = lastUpdateAt !== this.#lastUpdateAt
    this.#lastUpdateAt = lastUpdateAt
    this.#tracker.waitingAtTelegram = waiting
    if (waiting === 0 || hasArrived) this.#suspicious = 0
    else if (couldArrive) this.#suspicious += 1
    if (this.#suspicious === 0) return 'moving'
    return this.#suspicious < SUSPICIOUS_LOOKS ? 'unsure' : 'stuck'
  }
}
