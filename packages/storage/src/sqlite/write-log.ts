import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { CHECKPOINT_PAGES, WRITER_TUNING } from './connection.ts'

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5
const REWRITE_BYTES = 1024 * 1024

export interface WriteLogOptions {
  /** As for `openSqliteDatabase`. Default `full`. */
  readonly synchronous?: 'full' | 'normal'
}

/**
 * The database's log (WAL) for writers. SQLite would flush at every commit and block the process
 * meanwhile. Here a commit only appends to the log, and a caller that needs durability awaits
 * `flush` without blocking others.
 *
 *   transact ──▶ log (survives the end of the program) ──flush──▶ disk (survives a power loss)
 *                  └──256 pages──▶ a thread moves them to the database file and restarts the log
 *
 * SQLite does the same with `synchronous = FULL`, in the same order: it appends a commit to the
 * log, then flushes the log (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export class WriteLog {
  /** For preparing the statements of transactions. Leave no transaction open on it. */
  readonly connection: DatabaseSync
  readonly #file: string | null
  readonly #waitsForDisk: boolean
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #measure: StatementSync
  #descriptor: number | undefined
  #lastFlush: Promise<void> = Promise.resolve()
  /** A flush failed, so it is unknown how much of the log is on disk. */
  #isDoubtful = false
  /** When the flush under way began. */
  #flushingSince: number | undefined
  #checkpointer: Worker | undefined
  /** The thread ended unexpectedly. */
  #hasEnded = false
  /** Why nothing may be written. */
  #refusal: string | undefined
  /**
   * Why the last group of writes failed; `undefined` when it succeeded. All queues of a log share
   * it: when one of them can write again, so can the others.
   */
  failure: string | undefined
  /** When writes last reached the disk, on the monotonic clock. */
  keptAt = performance.now()
  /** No checkpoint before the log has this many pages; a reader may be blocking checkpoints. */
  #restUntil = 0

  /** @param database A database in memory has no log; its own connection is used. */
  constructor(database: DatabaseSync, { synchronous = 'full' }: WriteLogOptions = {}) {
    this.#file = database.location()
    this.#waitsForDisk = synchronous === 'full' && this.#file !== null
    this.connection = this.#file === null ? database : new DatabaseSync(this.#file)
    if (this.#file !== null) this.connection.exec(WRITER_TUNING)
    // the queue retries when the database is busy; SQLite's own wait would block the process
    this.connection.exec('PRAGMA busy_timeout = 0')
    this.#begin = this.connection.prepare('BEGIN IMMEDIATE')
    this.#commit = this.connection.prepare('COMMIT')
    this.#measure = this.connection.prepare('PRAGMA wal_checkpoint(NOOP)')
  }

  /**
   * Runs `work` as one transaction. Returns false, with nothing done, when another connection is
   * writing.
   * @throws what `work` throws, and SQLite's errors, such as a full disk; nothing is then written
   */
  transact(work: () => void): boolean {
    if (!this.connection.isOpen) throw new Error('the database is closed')
    if (this.#refusal !== undefined) throw new Error(this.#refusal)
    try {
      this.#begin.run()
      work()
      this.#commit.run()
      return true
    } catch (error) {
      this.#rollBack()
      if (isBusy(error)) return false
      throw error
    }
  }

  /** From now on, every write fails for this reason; `undefined` allows them again. */
  refuse(reason: string | undefined): void {
    this.#refusal = reason
  }

  /** Resolves when all earlier commits survive a power loss; rejects when the flush fails. */
  flush(): Promise<void> {
    if (!this.#waitsForDisk) return Promise.resolve()
    // one at a time: of two concurrent fdatasync calls only one reports the error
    const synchronize = (): Promise<void> => this.#synchronize()
    this.#lastFlush = this.#lastFlush.then(synchronize, synchronize)
    return this.#lastFlush
  }

  /** How long the disk has taken so far to keep what was written, in milliseconds; 0 while it is idle. */
  get flushingMs(): number {
    return this.#flushingSince === undefined ? 0 : performance.now() - this.#flushingSince
  }

  /** Checkpoints a log that has become long; `undefined` when there is nothing to wait for. */
  checkpoint(): Promise<void> | undefined {
    // the thread would create new files
    if (this.#file === null || this.#refusal !== undefined) return undefined
    const { log, left } = this.#pages()
    const isLong = left >= CHECKPOINT_PAGES
    if (!isLong) this.#restUntil = 0
    // the thread starts at half the length, since that takes a moment, and no earlier, since it takes
    // 6 MB; one that has ended is replaced only when the log is long
    if (isLong ? log >= this.#restUntil : left >= CHECKPOINT_PAGES / 2 && !this.#hasEnded)
      this.#checkpointer ??= this.#startCheckpointer(this.#file)
    const checkpointer = this.#checkpointer
    if (!checkpointer || !isLong || log < this.#restUntil) return undefined
    return new Promise((resolve) => {
      const done = (): void => {
        checkpointer.off('message', done).off('exit', done)
        this.#rest()
        resolve()
      }
      checkpointer.on('message', done).on('exit', done)
      checkpointer.postMessage('checkpoint')
    })
  }

  async close(): Promise<void> {
    const checkpointer = this.#checkpointer
    this.#checkpointer = undefined
    if (checkpointer) {
      const ended = new Promise((resolve) => checkpointer.once('exit', resolve))
      checkpointer.postMessage('close')
      await ended
    }
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor)
    this.#descriptor = undefined
    if (this.#file !== null && this.connection.isOpen) this.connection.close()
  }

  async #synchronize(): Promise<void> {
    this.#descriptor ??= fs.openSync(`${this.#file}-wal`, 'r+')
    const descriptor = this.#descriptor
    if (this.#isDoubtful) this.#writeAgain(descriptor)
    this.#isDoubtful = true
    this.#flushingSince = performance.now()
    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve()))
    }).finally(() => (this.#flushingSince = undefined))
    this.#isDoubtful = false
    this.keptAt = performance.now()
  }

  /**
   * After a failed fsync, Linux marks the pages as clean, and the next fsync succeeds without
   * writing them (https://wiki.postgresql.org/wiki/Fsync_Errors). So this rewrites the whole log,
   * under a write lock.
   */
  #writeAgain(descriptor: number): void {
    this.#begin.run()
    try {
      const bytes = Buffer.allocUnsafe(REWRITE_BYTES)
      for (let at = 0; ;) {
        const length = fs.readSync(descriptor, bytes, 0, REWRITE_BYTES, at)
        if (length === 0) return
        for (let done = 0; done < length;)
          done += fs.writeSync(descriptor, bytes, done, length - done, at + done)
        at += length
      }
    } finally {
      this.#rollBack()
    }
  }

  /** The number of pages in the log, and of those not yet in the database file. */
  #pages(): { log: number; left: number } {
    const row = this.#measure.get()
    return { log: Number(row?.log), left: Number(row?.log) - Number(row?.checkpointed) }
  }

  /**
   * A failed checkpoint only costs disk space. The next one is tried when the log is longer. Must
   * not throw: it runs in handlers of the thread's events, and the queue waits for them.
   */
  #rest(): void {
    try {
      this.#restUntil = this.#pages().log + CHECKPOINT_PAGES
    } catch {
      // the file cannot be read now; the next commit tries a checkpoint again
      this.#restUntil = 0
    }
  }

  #startCheckpointer(file: string): Worker {
    const worker = new Worker(new URL('checkpointer.js', import.meta.url), {
      workerData: { file, tuning: WRITER_TUNING },
      name: 'checkpointer',
      env: {},
      // a report that Node writes would hold the variables of the whole process
      execArgv: ['--report-exclude-env'],
    })
    const forget = (): void => {
      if (this.#checkpointer !== worker) return
      this.#checkpointer = undefined
      this.#hasEnded = true
      this.#rest()
    }
    return worker.on('error', forget).on('exit', forget)
  }

  #rollBack(): void {
    try {
      this.connection.exec('ROLLBACK')
    } catch {
      // SQLite has already rolled back (on a full disk), or never began
    }
  }
}

/**
 * Only the start of a transaction can fail because another connection is writing
 * (https://sqlite.org/wal.html#busy).
 */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
}
