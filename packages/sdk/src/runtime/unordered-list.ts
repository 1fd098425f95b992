/** A value's place in an `UnorderedList`. */
export interface Listed<Value> {
  readonly value: Value
  place: number
}

/**
 * What is under way just now, in no order; one joins and one leaves at the same small cost however
 * many there are.
 *
 * A `Set` whose members come and go moves to a new table again and again. The old tables, once they
 * are old, keep alive whatever was in them then, until a full collection: with thousands of
 * messages a second, that kept most of what each had needed, and made the garbage collector's work
 * several times as much. This list stays where it is.
 */
export class UnorderedList<Value> {
  readonly #items: (Listed<Value> | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Gives what `remove` takes. */
  add(value: Value): Listed<Value> {
    const item = { value, place: this.#size }
    this.#items[this.#size] = item
    this.#size += 1
    return item
  }

  /** Does nothing when it was removed before. */
  remove(item: Listed<Value>): void {
    if (this.#items[item.place] !== item) return
    this.#size -= 1
    const last = this.#items[this.#size]
    this.#items[this.#size] = undefined
    if (last === undefined || last === item) return
    last.place = item.place
    this.#items[item.place] = last
  }

  /** What is there now; what joins or leaves meanwhile does not change it. */
  values(): Value[] {
    return this.#items.slice(0, this.#size).flatMap((item) => (item ? [item.value] : []))
  }
}
