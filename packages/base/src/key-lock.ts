/** Runs work on the same key one after another, in the order it came; different keys do not wait for each other. */
export class KeyLock {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Starts `work` at once when the key is free. Failed work rejects for its caller only. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const result = before ? before.then(work) : work()
    const tail = result.catch(() => {})
    this.#tails.set(key, tail)
    try {
      return await result
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }

  /** How many keys are in use. */
  get size(): number {
    return this.#tails.size
  }
}
