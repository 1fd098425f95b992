/** One after another for the same key; different keys side by side. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<unknown>>()

  async run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const work = before ? before.then(job, job) : job()
    // a failure is its caller's; whoever waits goes on
    const tail = work.catch(() => {})
    this.#tails.set(key, tail)
    try {
      return await work
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }
}
