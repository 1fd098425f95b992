/** However little is left, a model gets this long: an answer that is there already must not be missed. */
const LEAST_SECONDS = 0.25

/**
 * The time in which somebody has to hear the first word, whichever model says it: the models of a chain share it, and what
 * one does not take is left to the next. Waiting for one's turn does not count.
 */
export class FirstWordTime {
  #left: number
  readonly #now: () => number

  /** @param now milliseconds; injected by tests */
  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#left = seconds
    this.#now = now
  }

  /** False when another try would have next to nothing. */
  get isLeft(): boolean {
    return this.#left > LEAST_SECONDS
  }

  /** The seconds for one try when so many models may still be asked, this one included. */
  share(models: number): number {
    return Math.max(LEAST_SECONDS, this.#left / Math.max(1, models))
  }

  /** Counts what a try takes, until the returned function is called. */
  begin(): () => void {
    const start = this.#now()
    return () => {
      this.#left -= (this.#now() - start) / 1_000
    }
  }
}
