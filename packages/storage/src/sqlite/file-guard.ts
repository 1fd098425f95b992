import { statSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { backup } from 'node:sqlite'
import type { DatabaseSync } from 'node:sqlite'
import { errorMessage } from '@pluggram/sdk'
import type { WriteLog } from './write-log.ts'

/** How often the files are looked at. */
const LOOK_MS = 5_000
/** The database, its log, and the index that connections share. */
const SUFFIXES = ['', '-wal', '-shm']

/** Where the open content of a database is saved when its files are gone. */
export function savedCopyOf(file: string): string {
  return `${file}.saved`
}

export interface FileGuardOptions {
  /** The files are gone; `problem` says so, and where the content was saved, if it could be. */
  onGone(problem: string): void
  onBack(): void
  /** Default 5,000. */
  readonly lookMs?: number
}

/**
 * Notices that the files of an open database were deleted or replaced. The program would go on
 * writing to files that nobody finds again, so writes are refused from then on, and the content is
 * saved beside the place while it is still open. A copy that comes back is good again.
 */
export class FileGuard {
  readonly #log: WriteLog
  readonly #database: DatabaseSync
  readonly #file: string
  readonly #options: FileGuardOptions
  /** Device and inode of each file. */
  readonly #known = new Map<string, string>()
  readonly #timer: NodeJS.Timeout
  #looking: Promise<void> | undefined
  #gone: string | undefined
  #isSaved = false

  /** @param database must be a file */
  constructor(database: DatabaseSync, log: WriteLog, options: FileGuardOptions) {
    this.#log = log
    this.#database = database
    this.#file = database.location() ?? ''
    this.#options = options
    const look = (): void => void (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)))
    for (const suffix of SUFFIXES) {
      const stats = statSync(this.#file + suffix, { bigint: true, throwIfNoEntry: false })
      if (stats) this.#known.set(this.#file + suffix, idOf(stats))
    }
    this.#timer = setInterval(look, options.lookMs ?? LOOK_MS).unref()
  }

  /** What is wrong with the files; `undefined` while they are in place. */
  failure(): string | undefined {
    return this.#gone
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  async #look(): Promise<void> {
    const missing = await this.#missing()
    if (missing === undefined) return this.#isBack()
    const isNews = this.#gone === undefined
    this.#gone ??= `${missing} was deleted or replaced while the assistant ran, so nothing more is accepted.`
    // no write may come between the copy and the end of the program
    this.#log.refuse(this.#gone)
    if (this.#isSaved) return
    const failure = await this.#save()
    if (failure === undefined) {
      this.#gone = `${this.#gone} Its content was saved as ${savedCopyOf(this.#file)}. Restart with "pluggram start --repair" to go on with that.`
      this.#log.refuse(this.#gone)
    }
    if (isNews || this.#isSaved)
      this.#options.onGone(failure === undefined ? this.#gone : `${this.#gone} ${failure}`)
  }

  /** The first file that is not the one that was opened. */
  async #missing(): Promise<string | undefined> {
    for (const suffix of SUFFIXES) {
      const file = this.#file + suffix
      const id = await identify(file)
      if (id === 'unknown') continue
      const known = this.#known.get(file)
      if (known === undefined && id !== undefined) this.#known.set(file, id)
      if (known !== undefined && known !== id) return file
    }
    return undefined
  }

  async #isBack(): Promise<void> {
    if (this.#gone === undefined) return
    this.#gone = undefined
    this.#isSaved = false
    this.#log.refuse(undefined)
    this.#options.onBack()
    await rm(savedCopyOf(this.#file), { force: true }).catch(() => {})
  }

  /** @returns why the content could not be saved */
  async #save(): Promise<string | undefined> {
    const target = savedCopyOf(this.#file)
    const unfinished = `${target}.unfinished`
    try {
      await mkdir(dirname(target), { recursive: true })
      await rm(unfinished, { force: true })
      await backup(this.#database, unfinished)
      await rename(unfinished, target)
      this.#isSaved = true
      return undefined
    } catch (error) {
      return `Its content could not be saved (${errorMessage(error)}); that is tried again.`
    }
  }
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`
}

/** @returns `undefined` when there is no such file, `unknown` when the system does not say */
async function identify(file: string): Promise<string | undefined> {
  try {
    return idOf(await stat(file, { bigint: true }))
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return isAbsent ? undefined : 'unknown'
  }
}
