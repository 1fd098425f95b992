/** Runs work on one key after another, and work on different keys at the same time. */
export class KeyLock {
  readonly #tails = new Map<string, Promise<unknown>>()

  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const previous = this.#tails.get(key) ?? Promise.resolve()
    const result = previous.then(work, work)
    this.#tails.set(key, result)
    try {
      return await result
    } finally {
      if (this.#tails.get(key) === result) this.#tails.delete(key)
    }
  }
}
