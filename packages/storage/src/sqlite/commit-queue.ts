import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage } from '@pluggram/sdk'
import type { WriteLog } from './write-log.ts'

/** What need not be written soon travels with others, or after that long. */
const LATER_MS = 1
/** While somebody else writes to the database. */
const BUSY_AGAIN_MS = 5
/** Who writes for longer is another program, and has forgotten to end its transaction. */
const LOCKED_MS = 5_000
/** A disk that refuses to be written to is asked again after that long. */
const FLUSH_AGAIN_MS = 1_000

interface Job {
  readonly run: () => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  result: unknown
}

/**
 * Groups writes into common transactions: waiting for the disk takes long, and once is enough for all that came in while it
 * was waited for the last time.
 *
 *   write ──▶ waiting ──the disk is free──▶ BEGIN, every job, COMMIT ──flush──▶ all promises resolve
 *                                               └─ an error: ROLLBACK, all promises reject
 *
 * Jobs of a group are all done or none is; nobody hears of success before the disk has it. `writeLight` and `writeLater` are
 * for notes that save work but lose nothing: they survive the end of the program, not a power loss, since nobody waits
 * for the disk. A group waits when one of its jobs must.
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

  /** The same for what may become pointless: it waits for a moment, and sees then what there is to do. */
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
   * What comes in during one turn of the event loop travels together, and all that comes in while the disk is busy. Another turn
   * lets come along what the last group set off: fewer commits, each of more jobs.
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

  /** Who ends the program at once takes no note with it: by the one that work began, what ends it again and again is found. */
  #commitAtExit(): void {
    const jobs = this.#waiting
    this.#waiting = []
    if (jobs.length === 0) return
    try {
      this.#log.transact(() => {
        for (const { run } of jobs) run()
      })
    } catch {
      // nobody is there any more who could hear of it
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

  /** What is committed cannot be taken back: while the disk refuses it, nobody hears of success, or of failure. */
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

  /** A log that cannot be emptied now costs space, nothing else. */
  async #emptyLog(): Promise<void> {
    try {
      await this.#log.checkpoint()
    } catch {
      // the next commit tries again
    }
  }
}
