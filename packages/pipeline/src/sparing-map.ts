/** Entries that may be idle and are kept: as many chats write again soon. */
const KEPT = 1_000

/**
 * A map of chats that are mostly idle: an idle entry is kept until there are many of them, and then all go at once.
 * A map whose entries come and go with every message moves to a new table again and again, and old tables burden the
 * garbage collector (see `UnorderedList`).
 */
export class SparingMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #isIdle: (value: Value) => boolean
  #limit = KEPT

  constructor(isIdle: (value: Value) => boolean) {
    this.#isIdle = isIdle
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    if (this.#entries.size >= this.#limit) this.#forgetIdle()
    this.#entries.set(key, value)
  }

  values(): Iterable<Value> {
    return this.#entries.values()
  }

  #forgetIdle(): void {
    for (const [key, value] of this.#entries) if (this.#isIdle(value)) this.#entries.delete(key)
    this.#limit = Math.max(KEPT, this.#entries.size * 2)
  }
}
