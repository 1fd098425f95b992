/** So many at once at first. */
const FIRST = 4
/** At so many the limit ends. */
const LAST = 64
/** It ends after this long in any case: a few that wait must not hold up all the others. */
const LONGEST_MS = 1_000

/**
 * Bounds how many sends are under way at once after a start that follows a crash: few first, and one more with each that
 * ends. What ended the program may end it again, and of every message on its way then nobody knows whether it
 * arrived. In an ordinary start nothing is bounded.
 */
export class SlowStart {
  #limit = Number.POSITIVE_INFINITY
  #underWay = 0
  #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined

  /** Begins to bound. */
  begin(): void {
    this.#limit = FIRST
    this.#timer = setTimeout(() => this.end(), LONGEST_MS)
    this.#timer.unref()
  }

  /** Takes a place; nothing when there was one, else it resolves when there is. */
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
    // the place that was left, and the new one
    else for (const resolve of this.#waiting.splice(0, 2)) resolve()
  }

  /** Bounds no more. */
  end(): void {
    clearTimeout(this.#timer)
    this.#limit = Number.POSITIVE_INFINITY
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
