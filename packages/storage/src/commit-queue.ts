import type { DatabaseSync } from 'node:sqlite'
import { errorMessage } from '@pluggram/sdk'

interface Job {
  run(): unknown
  resolve(value: unknown): void
  reject(error: unknown): void
}

export interface CommitQueueOptions {
  /** Whether commits that must be safe wait for the disk; without it, all commits are light. */
  readonly waitsForDisk: boolean
  /** Milliseconds on a steady clock; injected by tests. */
  readonly now?: () => number
}

/** Whether commits of a connection wait for the disk now; several queues may share one. */
const waiting = new WeakMap<DatabaseSync, boolean>()

/**
 * Groups writes into common transactions: a commit costs a write to the disk, and one is enough for all that
 * came in while the last one was made.
 *
 *   add ──▶ waiting ──soon──▶ BEGIN, every job, COMMIT ──▶ all promises resolve
 *                                 └─ an error: ROLLBACK, all promises reject
 *
 * Jobs of a group are all done or none is; nobody hears of success before the commit. `addLight` is for notes
 * that save work but lose nothing: they survive the end of the program, not a power loss, since their commit
 * does not wait for the disk. A group waits when one of its jobs must.
 *
 * Commits block this thread, so they take at most half of its time: after a slow one the next waits as long as
 * that one took, and more writes share it.
 */
export class CommitQueue {
  readonly #database: DatabaseSync
  readonly #waitsForDisk: boolean
  readonly #now: () => number
  #waiting: Job[] = []
  #mustWait = false
  #failure: string | undefined
  #lastTook = 0
  #lastEnd = 0

  constructor(database: DatabaseSync, options: CommitQueueOptions) {
    this.#database = database
    this.#waitsForDisk = options.waitsForDisk
    this.#now = options.now ?? (() => performance.now())
  }

  /** Why the last transaction failed; `undefined` when it did not. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Runs `job`, which must be synchronous, in the next transaction, and waits until the disk has it. */
  add<T>(job: () => T): Promise<T> {
    this.#mustWait = true
    return this.addLight(job)
  }

  /** Runs `job` in the next transaction; a power loss may undo it, the end of the program does not. */
  addLight<T>(job: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) this.#schedule()
      this.#waiting.push({ run: job, resolve: resolve as (value: unknown) => void, reject })
    })
  }

  #schedule(): void {
    const rest = this.#lastEnd + this.#lastTook - this.#now()
    if (rest < 1) setImmediate(() => this.#commit())
    else setTimeout(() => this.#commit(), rest)
  }

  #commit(): void {
    const jobs = this.#waiting
    this.#waiting = []
    const results: unknown[] = []
    const startedAt = this.#now()
    try {
      this.#choose(this.#mustWait && this.#waitsForDisk)
      this.#mustWait = false
      this.#database.exec('BEGIN IMMEDIATE')
      for (const job of jobs) results.push(job.run())
      this.#database.exec('COMMIT')
      this.#failure = undefined
    } catch (error) {
      this.#failure = errorMessage(error)
      this.#rollBack()
      for (const job of jobs) job.reject(error)
      return
    } finally {
      this.#lastEnd = this.#now()
      this.#lastTook = this.#lastEnd - startedAt
    }
    for (const [index, job] of jobs.entries()) job.resolve(results[index])
  }

  /** In WAL mode FULL waits for the disk at every commit, NORMAL only at checkpoints. */
  #choose(mustWait: boolean): void {
    if (mustWait === (waiting.get(this.#database) ?? this.#waitsForDisk)) return
    this.#database.exec(`PRAGMA synchronous = ${mustWait ? 'FULL' : 'NORMAL'}`)
    waiting.set(this.#database, mustWait)
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself (a full disk), or never began
    }
  }
}
