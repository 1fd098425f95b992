/** A Bot API call and its answer. */
export interface RecordedCall {
  readonly method: string
  /** Parameters after coercion; uploads appear as `attach://name`. */
  readonly params: Readonly<Record<string, unknown>>
  readonly chatId: number | undefined
  /** Unix milliseconds. */
  readonly time: number
  readonly status: number
}

/** The latest calls, in a ring buffer, so that adding is cheap and memory bounded. */
export class CallJournal {
  readonly #ring: RecordedCall[] = []
  readonly #capacity: number
  #next = 0

  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity)
  }

  add(call: RecordedCall): void {
    this.#ring[this.#next] = call
    this.#next = (this.#next + 1) % this.#capacity
  }

  /** Oldest first. */
  list(): readonly RecordedCall[] {
    if (this.#ring.length < this.#capacity) return [...this.#ring]
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }

  clear(): void {
    this.#ring.length = 0
    this.#next = 0
  }
}
