import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage } from '@pluggram/sdk'
import type { WriteLog } from './write-log.ts'

/** How long a write that is not urgent waits for others to join. */
const LATER_MS = 1
/** The retry delay while another connection writes. */
const BUSY_AGAIN_MS = 5
/** A lock held longer than this comes from a program that never ended its transaction. */
const LOCKED_MS = 5_000
/** The delay before a failed flush is retried. */
const FLUSH_AGAIN_MS = 1_000

interface Job {
  readonly run: () => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  result: unknown
}

/**
 * Groups writes into shared transactions. A flush is slow, and one flush is enough for all writes
 * that came in during the previous one.
 *
 *   write ──▶ waiting ──the disk is free──▶ BEGIN, every job, COMMIT ──flush──▶ all promises resolve
 *                                               └─ an error: ROLLBACK, all promises reject
 *
 * A group is atomic, and no promise resolves before it is on disk. `writeLight` and `writeLater`
 * are for records that only save work: they skip the flush, so they survive a crash but not a power
 * loss. A group is flushed when at least one of its jobs needs it.
 */
export class CommitQueue {
  readonly #log: WriteLog
  #waiting: Job[] = []
  /** A group is being written, or the log is being checkpointed. */
  #isBusy = false
  #mustFlush = false
  /** A waiting job should run as soon as possible. */
  #isUrgent = false
  #isDue = false
  #isClosing = false
  #laterTimer: NodeJS.Timeout | undefined
  #idleWaiters: (() => void)[] = []
  readonly #atExit = (): void => this.#commitAtExit()

  constructor(log: WriteLog) {
    this.#log = log
    process.on('exit', this.#atExit)
  }

  /** The connection on which jobs run. Prepare their statements on it. */
  get connection(): DatabaseSync {
    return this.#log.connection
  }

  /** Why the last group failed, of this or another queue; `undefined` when it succeeded. */
  get failure(): string | undefined {
    return this.#log.failure
  }

  /**
   * Runs `job`, which must be synchronous, in the next transaction. Resolves when it is on disk.
   */
  write<T>(job: () => T): Promise<T> {
    this.#mustFlush = true
    return this.writeLight(job)
  }

  /** Runs `job` in the next transaction. A power loss may undo it; a crash does not. */
  writeLight<T>(job: () => T): Promise<T> {
    this.#isUrgent = true
    return this.writeLater(job)
  }

  /** The same for a job that may become unnecessary: it runs after a short delay. */
  writeLater<T>(job: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run: job, resolve: resolve as Job['resolve'], reject, result: undefined })
      this.#schedule()
    })
  }

  /** Resolves when every waiting job is written or has failed. */
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
   * Writes of one turn of the event loop share a group, as do all that come in during a flush.
   * Waiting a second turn adds the writes that the last group caused, which makes fewer, larger
   * commits.
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
      this.#log.failure = undefined
      for (const { resolve, result } of jobs) resolve(result)
    } catch (error) {
      this.#log.failure = errorMessage(error)
      for (const { reject } of jobs) reject(error)
    }
    await this.#emptyLog()
    this.#isBusy = false
    this.#schedule()
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  /**
   * Runs when the process exits without a clean stop. The begin marks must be written: with them
   * the next start finds the update that keeps crashing it.
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

  /**
   * A commit cannot be undone, so its promises stay pending while the flush fails and is retried.
   */
  async #flush(): Promise<void> {
    for (;;) {
      try {
        return await this.#log.flush()
      } catch (error) {
        if (this.#isClosing) throw error
        this.#log.failure = errorMessage(error)
        await sleep(FLUSH_AGAIN_MS)
      }
    }
  }

  /** A failed checkpoint only costs disk space. */
  async #emptyLog(): Promise<void> {
    try {
      await this.#log.checkpoint()
    } catch {
      // the next commit tries again
    }
  }
}
