import type { DatabaseSync } from 'node:sqlite'

interface Job {
  run(): unknown
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Groups the writes of plugins into common transactions on this thread: a commit costs a write to the disk, and one is
 * enough for all that came in while the last one was made. Jobs of a group are all done or none is.
 *
 * Commits block this thread, so they take at most half of its time: after a slow one the next waits as long as that one
 * took, and more writes share it.
 */
export class CommitQueue {
  readonly #database: DatabaseSync
  #waiting: Job[] = []
  #lastTook = 0
  #lastEnd = 0

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Runs `job`, which must be synchronous, in the next transaction, and waits for its commit. */
  add<T>(job: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) this.#schedule()
      this.#waiting.push({ run: job, resolve: resolve as (value: unknown) => void, reject })
    })
  }

  #schedule(): void {
    const rest = this.#lastEnd + this.#lastTook - performance.now()
    if (rest < 1) setImmediate(() => this.#commit())
    else setTimeout(() => this.#commit(), rest)
  }

  #commit(): void {
    const jobs = this.#waiting
    this.#waiting = []
    const results: unknown[] = []
    const startedAt = performance.now()
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const job of jobs) results.push(job.run())
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      for (const job of jobs) job.reject(error)
      return
    } finally {
      this.#lastEnd = performance.now()
      this.#lastTook = this.#lastEnd - startedAt
    }
    for (const [index, job] of jobs.entries()) job.resolve(results[index])
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself (a full disk), or never began
    }
  }
}
