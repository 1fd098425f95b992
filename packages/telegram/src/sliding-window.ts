/** At most so many events in any span of so many milliseconds. */
export interface WindowLimit {
  readonly count: number
  readonly milliseconds: number
}

/** What `perSecond` events a second come to; less than one is one event in a longer span. */
export function windowOf(events: number, seconds: number): WindowLimit {
  const count = Math.max(1, Math.floor(events))
  return { count, milliseconds: (1000 * seconds * count) / events }
}

/**
 * Remembers when the latest events were, and tells how long the next has to wait. It keeps the times and
 * not a count per period, since Telegram's limits hold for any minute, not for those that begin with ours.
 */
export class SlidingWindow {
  readonly #limit: WindowLimit
  /** A ring: once it is full, the oldest stands where the next goes. */
  readonly #times: number[] = []
  #next = 0

  constructor(limit: WindowLimit) {
    this.#limit = limit
  }

  /** Milliseconds until there is room. `stretch` makes the span that many times as long. */
  delay(now: number, stretch = 1): number {
    const { count, milliseconds } = this.#limit
    const oldest = this.#times[this.#next]
    const isFull = this.#times.length === count && oldest !== undefined
    return isFull ? Math.max(0, oldest + milliseconds * stretch - now) : 0
  }

  add(now: number): void {
    this.#times[this.#next] = now
    this.#next = (this.#next + 1) % this.#limit.count
  }

  /** True when nothing happened for that long. */
  isIdle(now: number, milliseconds: number): boolean {
    const latest = this.#times.at(this.#next - 1)
    return latest === undefined || now - latest > milliseconds
  }
}
