import { setTimeout as sleep } from 'node:timers/promises'

/** How long the other side's work may take in a row. */
const IN_A_ROW_MS = 20
/** After this much time without work the next piece is not in a row with the last. */
const QUIET_MS = 20
/** After this many rests without a quiet moment the other side counts as flooding. */
const RESTS_OF_A_FLOOD = 20

/**
 * Limits how much of this process's time the other side of a connection takes. After 20 ms of work
 * its further work rests for as long as that work took, and at least for one turn of the event loop.
 * Others so keep at least half of the time, however much this one asks for.
 */
export class WorkBudget {
  readonly #onFlood: () => void
  #usedMs = 0
  #endedAt = 0
  #rests = 0

  constructor(onFlood: () => void) {
    this.#onFlood = onFlood
  }

  /** Counts a piece of work. @returns whether further work must rest */
  spend(from: number, to: number): boolean {
    if (from - this.#endedAt > QUIET_MS) {
      this.#usedMs = 0
      this.#rests = 0
    }
    this.#endedAt = to
    this.#usedMs += to - from
    return this.#usedMs >= IN_A_ROW_MS
  }

  async rest(): Promise<void> {
    const milliseconds = this.#usedMs
    this.#usedMs = 0
    this.#rests += 1
    if (this.#rests === RESTS_OF_A_FLOOD) this.#onFlood()
    await sleep(milliseconds)
    this.#endedAt = performance.now()
  }
}
