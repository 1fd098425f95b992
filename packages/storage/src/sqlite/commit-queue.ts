import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage } from '@pluggram/sdk'
import type { WriteLog } from './write-log.ts'

/** What need not be written soon is written with others, or after this time. */
const LATER_MS = 1
/** While somebody else writes to the database. */
const BUSY_AGAIN_MS = 5
/** A transaction that takes longer belongs to another program that never ended it. */
const LOCKED_MS = 5_000
/** How long to wait before a failed flush is retried. */
const FLUSH_AGAIN_MS = 1_000

interface Job {
  readonly run: () => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  result: unknown
}

/**
 * Groups writes into common transactions. A flush takes long, and one flush is enough for all writes that came in during
 * the flush before.
 *
 *   write ──▶ waiting ──the disk is free──▶ BEGIN, every job, COMMIT ──flush──▶ all promises resolve
 *                                               └─ an error: ROLLBACK, all promises reject
 *
 * Jobs of a group are all done or none is, and no promise resolves before the disk has them. `writeLight` and `writeLater` are
 * for notes that save work: they survive a crash of the program, but not a power loss, since they do not wait for the disk.
 * A group waits for the disk when one of its jobs must.
 */
export class CommitQueue {
  readonly #log: WriteLog
  #waiting: Job[] = []
  /** A group is on its way to the disk, or the log is being emptied. */
  #isBusy = false
  #mustFlush = false
  /** A job that waits should be done as soon as it can be. */
  #isUrgent = false
  #isDue = false
  #isClosing = false
  #laterTimer: NodeJS.Timeout | undefined
  #idleWaiters: (() => void)[] = []
  #failure: string | undefined
  readonly #atExit = (): void => this.#commitAtExit()

  constructor(log: WriteLog) {
    this.#log = log
    process.on('exit', this.#atExit)
  }

  /** The connection on which jobs run; statements of jobs are prepared on it. */
  get connection(): DatabaseSync {
    return this.#log.connection
  }

  /** Why the last group failed; `undefined` when it did not. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Runs `job`, which must be synchronous, in the next transaction, and waits until the disk has it. */
  write<T>(job: () => T): Promise<T> {
    this.#mustFlush = true
    return this.writeLight(job)
  }

  /** Runs `job` in the next transaction; a power loss may undo it, the end of the program does not. */
  writeLight<T>(job: () => T): Promise<T> {
    this.#isUrgent = true
    return this.writeLater(job)
  }

  /** The same for a job that may become unnecessary: it waits for a moment before it runs. */
  writeLater<T>(job: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run: job, resolve: resolve as Job['resolve'], reject, result: undefined })
      this.#schedule()
    })
  }

  /** Resolves when all that waits is written, or the disk has refused it. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#isUrgent = true
    while (this.#waiting.length > 0 || this.#isBusy) {
      this.#schedule()
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
    }
    process.off('exit', this.#atExit)
  }

  /**
   * Writes of one turn of the event loop share a group, and so do all that come in during a flush. A second turn adds the
   * writes that the last group caused: fewer commits, each with more jobs.
   */
  #schedule(): void {
    if (this.#isBusy || this.#isDue || this.#waiting.length === 0) return
    if (!this.#isUrgent) {
      this.#laterTimer ??= setTimeout(() => void this.#commit(), LATER_MS)
      return
    }
    this.#isDue = true
    setImmediate(() => {
      setImmediate(() => {
        this.#isDue = false
        void this.#commit()
      })
    })
  }

  async #commit(): Promise<void> {
    clearTimeout(this.#laterTimer)
    this.#laterTimer = undefined
    if (this.#isBusy) return
    const jobs = this.#waiting
    const mustFlush = this.#mustFlush
    this.#waiting = []
    this.#mustFlush = false
    this.#isUrgent = false
    this.#isBusy = true
    try {
      await this.#transact(jobs)
      if (mustFlush) await this.#flush()
      this.#failure = undefined
      for (const { resolve, result } of jobs) resolve(result)
    } catch (error) {
      this.#failure = errorMessage(error)
      for (const { reject } of jobs) reject(error)
    }
    await this.#emptyLog()
    this.#isBusy = false
    this.#schedule()
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  /**
   * Runs when the process exits at once. The begin marks must reach the disk: they are how the next start finds the update
   * that keeps crashing it.
   */
  #commitAtExit(): void {
    const jobs = this.#waiting
    this.#waiting = []
    if (jobs.length === 0) return
    try {
      this.#log.transact(() => {
        for (const { run } of jobs) run()
      })
    } catch {
      // the process exits; no caller could catch it
    }
  }

  async #transact(jobs: readonly Job[]): Promise<void> {
    const run = (): void => {
      for (const job of jobs) job.result = job.run()
    }
    const end = performance.now() + LOCKED_MS
    while (!this.#log.transact(run)) {
      if (performance.now() > end) throw new Error('another program keeps the database locked')
      await sleep(BUSY_AGAIN_MS)
    }
  }

  /** A commit cannot be undone. While the flush fails, its promises neither resolve nor reject. */
  async #flush(): Promise<void> {
    for (;;) {
      try {
        return await this.#log.flush()
      } catch (error) {
        if (this.#isClosing) throw error
        this.#failure = errorMessage(error)
        await sleep(FLUSH_AGAIN_MS)
      }
    }
  }

  /** A log that cannot be emptied now only costs space. */
  async #emptyLog(): Promise<void> {
    try {
      await this.#log.checkpoint()
    } catch {
      // the next commit tries again
    }
  }
}
