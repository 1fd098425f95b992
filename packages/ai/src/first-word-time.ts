/**
 * Minimum time for a model, however little is left, so that an answer that is already there is not
 * missed.
 */
const LEAST_SECONDS = 0.25

/**
 * The time until the first word must arrive. All models of a chain share it: the time one model
 * does not use is left for the next. Time spent waiting for a turn does not count.
 */
export class FirstWordTime {
  #left: number
  readonly #now: () => number

  /** @param now milliseconds; injected by tests */
  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#left = seconds
    this.#now = now
  }

  /** False when there is too little time for another try. */
  get isLeft(): boolean {
    return this.#left > LEAST_SECONDS
  }

  /** The seconds for one try, given how many models may still be asked, including this one. */
  share(models: number): number {
    return Math.max(LEAST_SECONDS, this.#left / Math.max(1, models))
  }

  /** Measures a try until the returned function is called. */
  begin(): () => void {
    const start = this.#now()
    return () => {
      this.#left -= (this.#now() - start) / 1_000
    }
  }
}
