/** Runs a limited number of jobs at once; the others wait for their turn. */
export class StartQueue {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await job()
    } finally {
      // pass the slot on directly, so that no new job takes it first
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}
