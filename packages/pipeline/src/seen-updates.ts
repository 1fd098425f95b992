/**
 * Which update ids were accepted already. A set, not a high-water mark: Telegram's ids jump to a random
 * value after a quiet week. The oldest ids are forgotten once there are more than `capacity`; Telegram
 * repeats an update only until it was confirmed, which is a matter of the last few hundred.
 */
export class SeenUpdates {
  readonly #ids = new Set<number>()
  readonly #capacity: number

  constructor(capacity = 50_000) {
    this.#capacity = capacity
  }

  /** True the first time an id is seen. */
  add(updateId: number): boolean {
    if (this.#ids.has(updateId)) return false
    this.#ids.add(updateId)
    if (this.#ids.size > this.#capacity) {
      const oldest = this.#ids.values().next()
      if (!oldest.done) this.#ids.delete(oldest.value)
    }
    return true
  }
}
