import { access, constants, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { repeat, withinTime } from '@pluggram/base'
import type { Repetition } from '@pluggram/base'
import { errorMessage } from '@pluggram/sdk'
import type { CommitQueue } from './commit-queue.ts'
import type { WriteLog } from './write-log.ts'

/** How often the disk is looked at, without writing to it. */
const LOOK_MS = 5_000
/** The same while it refuses writes, so that its recovery is seen soon. */
const FAILING_MS = 1_000
/** When nothing was written for this long, a write is tried. */
const IDLE_MS = 60_000
/** With less space than this, a write is tried at each look. */
const SCARCE_BYTES = 4 * 1024 * 1024
/** A write needs new blocks, which a write to the log may not. */
const PROBE_BYTES = 64 * 1024
/** Backups leave out what is called so. */
const PROBE_FILE = 'probe.unfinished'
/** A disk that takes longer to keep a write hangs. */
const HANGING_MS = 8_000

export interface DiskProbeOptions {
  /** The folder of the database. */
  readonly folder: string
  readonly log: WriteLog
  readonly commits: CommitQueue
  readonly lookMs?: number
  readonly idleMs?: number
}

/**
 * Finds out whether the disk keeps what is written, also while nobody writes. A look costs no write;
 * a write is tried when the look finds a reason, when writes fail, and when none was made for a
 * minute: one to the database and one of a new file, both flushed.
 *
 *   well ──no space, read-only, a failed write──▶ failing ──a write that is kept──▶ well
 */
export class DiskProbe {
  readonly #options: DiskProbeOptions
  readonly #looking: Repetition
  #failure: string | undefined
  /** When the write that is tried now began. */
  #tryingSince: number | undefined

  constructor(options: DiskProbeOptions) {
    const { lookMs = LOOK_MS } = options
    this.#options = options
    this.#looking = repeat(() => this.#look(lookMs), {
      everyMs: lookMs,
      onError: (error) => (this.#failure = errorMessage(error)),
    })
  }

  /** Why nothing can be saved; `undefined` as far as is known. */
  failure(): string | undefined {
    const { log } = this.#options
    const trying = this.#tryingSince === undefined ? 0 : performance.now() - this.#tryingSince
    const hanging = Math.max(trying, log.flushingMs)
    if (hanging > HANGING_MS) return `the disk has not kept a write for ${Math.round(hanging / 1_000)} s`
    return this.#failure ?? log.failure
  }

  async close(): Promise<void> {
    // a disk that hangs must not hold up the end
    await withinTime(this.#looking.stop(), FAILING_MS, () => undefined)
  }

  async #look(lookMs: number): Promise<number> {
    const { log, idleMs = IDLE_MS } = this.#options
    const isDue =
      this.failure() !== undefined ||
      performance.now() - log.keptAt > idleMs ||
      (await this.#isDoubtful().catch(() => true))
    if (isDue) await this.#try()
    return this.failure() === undefined ? lookMs : FAILING_MS
  }

  async #isDoubtful(): Promise<boolean> {
    const { folder } = this.#options
    await access(folder, constants.W_OK)
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize < SCARCE_BYTES
  }

  async #try(): Promise<void> {
    const { commits, log } = this.#options
    this.#tryingSince = performance.now()
    try {
      await commits.write(() => touch(log))
      await this.#writeNewFile()
      this.#failure = undefined
    } catch (error) {
      this.#failure = errorMessage(error)
    } finally {
      this.#tryingSince = undefined
    }
  }

  async #writeNewFile(): Promise<void> {
    const path = join(this.#options.folder, PROBE_FILE)
    try {
      const file = await open(path, 'w', 0o600)
      try {
        await file.write(Buffer.alloc(PROBE_BYTES))
        await file.datasync()
      } finally {
        await file.close()
      }
    } finally {
      await rm(path, { force: true }).catch(() => {})
    }
  }
}

/** Writes a page of the database without changing anything. */
function touch({ connection }: WriteLog): void {
  const version = Number(connection.prepare('PRAGMA user_version').get()?.user_version)
  connection.exec(`PRAGMA user_version = ${version}`)
}
