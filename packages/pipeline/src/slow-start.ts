/** How many sends may run at first. */
const FIRST = 4
/** The limit is lifted once it reaches this number. */
const LAST = 64
/**
 * The limit is lifted after this time in any case, so that a few slow sends do not delay the
 * others.
 */
const LONGEST_MS = 1_000

/**
 * Limits how many sends run at once after a crash: few at first, one more for each that completes.
 * If the crash happens again, it is unknown whether the messages in flight have arrived. An
 * ordinary start has no limit.
 */
export class SlowStart {
  #limit = Number.POSITIVE_INFINITY
  #underWay = 0
  #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined

  begin(): void {
    this.#limit = FIRST
    this.#timer = setTimeout(() => this.end(), LONGEST_MS)
    this.#timer.unref()
  }

  /** Takes a slot. Returns nothing when one is free, else a promise that resolves when one is. */
  enter(): Promise<void> | undefined {
    this.#underWay += 1
    if (this.#underWay <= this.#limit) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  leave(): void {
    this.#underWay -= 1
    if (this.#limit === Number.POSITIVE_INFINITY) return
    this.#limit += 1
    if (this.#limit > LAST) this.end()
    // the slot that became free, and the additional one
    else for (const resolve of this.#waiting.splice(0, 2)) resolve()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#limit = Number.POSITIVE_INFINITY
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
