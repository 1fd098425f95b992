/** A value's place in an `UnorderedList`. */
export interface Listed<Value> {
  readonly value: Value
  place: number
}

/**
 * An unordered collection of the items in progress. Adding and removing take constant time.
 *
 * A `Set` with many additions and removals keeps reallocating its hash table. Once promoted to the
 * old generation, a discarded table retains its former members until a full garbage collection. At
 * thousands of messages a second, this retained most of each message's data and multiplied the
 * collector's work. The array of this list only grows.
 */
export class UnorderedList<Value> {
  readonly #items: (Listed<Value> | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Returns the handle to pass to `remove`. */
  add(value: Value): Listed<Value> {
    const item = { value, place: this.#size }
    this.#items[this.#size] = item
    this.#size += 1
    return item
  }

  /** Does nothing if the item was already removed. */
  remove(item: Listed<Value>): void {
    if (this.#items[item.place] !== item) return
    this.#size -= 1
    const last = this.#items[this.#size]
    this.#items[this.#size] = undefined
    if (last === undefined || last === item) return
    last.place = item.place
    this.#items[item.place] = last
  }

  /** A snapshot of the values; later changes do not affect it. */
  values(): Value[] {
    return this.#items.slice(0, this.#size).flatMap((item) => (item ? [item.value] : []))
  }
}
