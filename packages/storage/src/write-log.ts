import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { CHECKPOINT_PAGES, tuneWriter } from './connection.ts'

export interface WriteLogOptions {
  /** As for `openSqliteDatabase`. Default `full`. */
  readonly synchronous?: 'full' | 'normal'
}

/**
 * The database's log (WAL) as its writers see it. SQLite would wait for the disk at every commit, and the whole program with
 * it; here a commit only appends to the log, and whoever must be sure waits for `flush`, while everything else goes on.
 *
 *   transact ──▶ log (survives the end of the program) ──flush──▶ disk (survives a power loss)
 *                  └──256 pages──▶ a thread moves them into the database file, and begins the log anew
 *
 * That is what SQLite does by itself with `synchronous = FULL`, in the same order: a commit appends to the log, then the
 * log is written to the disk (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export class WriteLog {
  /** For statements of transactions; it must not be left within one. */
  readonly connection: DatabaseSync
  readonly #file: string | null
  readonly #waitsForDisk: boolean
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #measure: StatementSync
  #descriptor: number | undefined
  #checkpointer: Worker | undefined
  /** After a checkpoint that somebody's reading held up: no other one before the log has that many pages. */
  #restUntil = 0

  /** @param database One in memory has no log: it is written to as it is. */
  constructor(database: DatabaseSync, { synchronous = 'full' }: WriteLogOptions = {}) {
    this.#file = database.location()
    this.#waitsForDisk = synchronous === 'full' && this.#file !== null
    this.connection = this.#file === null ? database : new DatabaseSync(this.#file)
    if (this.#file !== null) tuneWriter(this.connection)
    this.#begin = this.connection.prepare('BEGIN IMMEDIATE')
    this.#commit = this.connection.prepare('COMMIT')
    this.#measure = this.connection.prepare('PRAGMA wal_checkpoint(NOOP)')
  }

  /**
   * Runs `work` as one transaction.
   * @throws what `work` throws, and SQLite's errors, such as a full disk; nothing is written then
   */
  transact(work: () => void): void {
    try {
      this.#begin.run()
      work()
      this.#commit.run()
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** Resolves when all that was committed before is safe from a power loss; rejects when the disk refuses. */
  flush(): Promise<void> {
    if (!this.#waitsForDisk) return Promise.resolve()
    this.#descriptor ??= fs.openSync(`${this.#file}-wal`, 'r+')
    const descriptor = this.#descriptor
    return new Promise((resolve, reject) => {
      fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Empties a log that has become long; `undefined` when there is nothing to wait for. */
  checkpoint(): Promise<void> | undefined {
    if (this.#file === null) return undefined
    const checkpointer = (this.#checkpointer ??= this.#startCheckpointer(this.#file))
    if (!this.#isDue()) return undefined
    return new Promise((resolve) => {
      const done = (): void => {
        checkpointer.off('message', done).off('exit', done)
        this.#restUntil = this.#pages().log + CHECKPOINT_PAGES
        resolve()
      }
      // one that did not succeed costs space, nothing else; the next is tried when the log is longer
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
    if (this.#file !== null) this.connection.close()
  }

  #isDue(): boolean {
    const { log, checkpointed } = this.#pages()
    if (log - checkpointed >= CHECKPOINT_PAGES) return log >= this.#restUntil
    this.#restUntil = 0
    return false
  }

  /** How many pages the log has, and how many of them are in the file already. */
  #pages(): { log: number; checkpointed: number } {
    const row = this.#measure.get()
    return { log: Number(row?.log), checkpointed: Number(row?.checkpointed) }
  }

  #startCheckpointer(file: string): Worker {
    const worker = new Worker(new URL('checkpointer.ts', import.meta.url), {
      workerData: file,
      name: 'checkpointer',
      env: {},
    })
    // the next commit starts another one
    const forget = (): void => {
      if (this.#checkpointer === worker) this.#checkpointer = undefined
    }
    worker.on('error', forget).on('exit', forget)
    return worker
  }

  #rollBack(): void {
    try {
      this.connection.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself (a full disk), or never began
    }
  }
}
