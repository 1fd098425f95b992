import type { DatabaseSync } from 'node:sqlite'
import { errorMessage } from '@pluggram/sdk'

interface Job {
  run(): unknown
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Groups writes into common transactions: a commit costs a write to the disk, and one is enough for all that
 * came in while the last one was made.
 *
 *   add ──▶ waiting ──setImmediate──▶ BEGIN, every job, COMMIT ──▶ all promises resolve
 *                                          └─ an error: ROLLBACK, all promises reject
 *
 * Jobs of a group are all done or none is; nobody hears of success before the commit.
 */
export class CommitQueue {
  readonly #database: DatabaseSync
  #waiting: Job[] = []
  #failure: string | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Why the last transaction failed; `undefined` when it did not. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Runs `job`, which must be synchronous, in the next transaction. */
  add<T>(job: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#commit())
      this.#waiting.push({ run: job, resolve: resolve as (value: unknown) => void, reject })
    })
  }

  #commit(): void {
    const jobs = this.#waiting
    this.#waiting = []
    const results: unknown[] = []
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const job of jobs) results.push(job.run())
      this.#database.exec('COMMIT')
      this.#failure = undefined
    } catch (error) {
      this.#failure = errorMessage(error)
      this.#rollBack()
      for (const job of jobs) job.reject(error)
      return
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
