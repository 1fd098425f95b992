/** A token bucket: a rate per second, with a burst. */
export class RateLimit {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #at = performance.now()
  /** How many were refused since the last call of `takeRefused`. */
  #refused = 0

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#left = burst
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    const now = performance.now()
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1_000) * this.#perSecond)
    this.#at = now
    if (this.#left < 1) {
      this.#refused += 1
      return false
    }
    this.#left -= 1
    return true
  }

  /** How many were refused since the last call. */
  takeRefused(): number {
    const refused = this.#refused
    this.#refused = 0
    return refused
  }
}
