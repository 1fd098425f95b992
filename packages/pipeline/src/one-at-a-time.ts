/** Runs jobs one after another, in the order they came; a job that fails holds up nobody. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(job)
    this.#last = turn.catch(() => {})
    return turn
  }
}
