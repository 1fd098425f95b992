import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorMessage, PluggramError } from '@pluggram/sdk'
import { Failure } from '@pluggram/sdk/runtime'
import { explainOpenFailure } from '../open-problem.ts'
import { tuneConnection } from './connection.ts'
import { savedCopyOf } from './file-guard.ts'
import { findLogDamage } from './log-damage.ts'
import { openToLook } from './read-facts.ts'
import { MIGRATIONS } from './schema.ts'

export interface OpenOptions {
  /**
   * `full` (default) survives a power loss: every commit is flushed. `normal` survives a crash, but
   * a power loss may lose the last commits, that is, acknowledged messages.
   */
  readonly synchronous?: 'full' | 'normal'
  /**
   * Moves a damaged file aside and starts with an empty one. If only the log is damaged, it puts a
   * copy aside and keeps everything that is readable.
   */
  readonly repair?: boolean
  /** Called with the new path of the damaged file. */
  readonly onRepair?: (movedTo: string) => void
  /** The steps to the newest schema; tests pass their own. */
  readonly migrations?: readonly string[]
}

/** Larger files are not checked at every start, since a check reads the whole file. */
const CHECK_BELOW_BYTES = 64 * 1024 * 1024
const DAMAGE = /malformed|not a database|corrupt|quick_check/i

/**
 * Opens (and creates) the assistant's database file in WAL mode.
 * @throws PluggramError `startup-failed` when the file cannot be opened, is damaged, or was written
 *   by a newer release; the file is then left unchanged.
 */
export function openSqliteDatabase(file: string, options: OpenOptions = {}): DatabaseSync {
  takeSavedCopy(file, options)
  refuseDamagedLog(file, options)
  try {
    return open(file, options)
  } catch (error) {
    if (error instanceof PluggramError) throw error
    const isDamaged = isDamage(error)
    if (isDamaged && options.repair) {
      const movedTo = putAside(file, renameSync)
      options.onRepair?.(movedTo)
      return open(file, options)
    }
    if (!isDamaged) throw explainOpenFailure(file, error)
    throw new Failure('database-damaged', { subject: file, reason: errorMessage(error), cause: error })
  }
}

/**
 * Looks whether a database could be opened, and changes nothing.
 * @throws PluggramError as `openSqliteDatabase` would
 */
export function examineDatabase(file: string): void {
  takeSavedCopy(file, {})
  refuseDamagedLog(file, {})
  let database: DatabaseSync | undefined
  try {
    if (statSync(file).size === 0) throw new Error('the file is empty, and so is not a database')
    database = openToLook(file)
    refuseNewer(file, readVersion(database), MIGRATIONS.length)
    checkPages(database, file)
  } catch (error) {
    if (error instanceof PluggramError) throw error
    if (!isDamage(error)) throw explainOpenFailure(file, error)
    throw new Failure('database-damaged', { subject: file, reason: errorMessage(error), cause: error })
  } finally {
    database?.close()
  }
}

/** The files disappeared while an assistant ran, and it saved what it had still open. */
function takeSavedCopy(file: string, { repair = false, onRepair }: OpenOptions): void {
  const saved = savedCopyOf(file)
  if (!existsSync(saved)) return
  if (!repair) {
    throw new Failure('database-replaced', { subject: file, reason: saved })
  }
  const isReplaced = ['', '-wal', '-shm'].some((suffix) => existsSync(file + suffix))
  if (isReplaced) onRepair?.(putAside(file, renameSync))
  renameSync(saved, file)
}

/** SQLite would silently drop everything after the damage. */
function refuseDamagedLog(file: string, { repair = false, onRepair }: OpenOptions): void {
  const log = `${file}-wal`
  if (!existsSync(log) || statSync(log).size > CHECK_BELOW_BYTES) return
  const damage = findLogDamage(file)
  if (!damage) return
  if (repair) {
    const copy = putAside(file, copyFileSync)
    onRepair?.(copy)
    return
  }
  throw new Failure('database-log-damaged', { subject: log, reason: String(damage.commits) })
}

function open(file: string, { synchronous = 'full', migrations = MIGRATIONS }: OpenOptions): DatabaseSync {
  if (file !== ':memory:') prepareFile(file)
  const database = new DatabaseSync(file)
  try {
    tuneConnection(database)
    const version = readVersion(database)
    refuseNewer(file, version, migrations.length)
    checkPages(database, file)
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous === 'full' ? 'FULL' : 'NORMAL'}`,
    )
    migrate(database, file, migrations)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * SQLite treats an empty file as a new database. Ours get their name only once they have content,
 * so an empty file has lost its data.
 */
function prepareFile(file: string): void {
  if (existsSync(file)) {
    if (statSync(file).size === 0) throw new Error('the file is empty, and so is not a database')
    return
  }
  if (existsSync(`${file}-wal`)) throw new Error('its log alone is not a database')
  mkdirSync(dirname(file), { recursive: true })
  const unfinished = `${file}.unfinished`
  rmSync(unfinished, { force: true })
  try {
    const database = new DatabaseSync(unfinished)
    try {
      database.exec('VACUUM')
    } finally {
      database.close()
    }
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

function isDamage(error: unknown): boolean {
  return DAMAGE.test(errorMessage(error))
}

function readVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}

function refuseNewer(file: string, version: number, known: number): void {
  if (version <= known) return
  throw new Failure('database-newer', {
    subject: file,
    reason: `${version}, but this release knows only ${known}`,
  })
}

function checkPages(database: DatabaseSync, file: string): void {
  if (file === ':memory:' || statSync(file).size > CHECK_BELOW_BYTES) return
  const result = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
  if (result !== 'ok') throw new Error(`quick_check: ${String(result)}`)
}

/**
 * Each step and its version number are one transaction, so `kill -9` cannot leave half a step. When
 * several processes open the file at once, one runs the step and the others find it done.
 */
function migrate(database: DatabaseSync, file: string, migrations: readonly string[]): void {
  const version = readVersion(database)
  if (version > 0 && version < migrations.length) backUp(database, `${file}.v${version}.backup`)
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue
    database.exec('BEGIN IMMEDIATE')
    if (readVersion(database) === index) database.exec(`${step} PRAGMA user_version = ${index + 1};`)
    database.exec('COMMIT')
  }
}

/**
 * Makes a copy under a temporary name and renames it, so that an existing copy is always complete.
 */
function backUp(database: DatabaseSync, target: string): void {
  if (target.startsWith(':memory:') || existsSync(target)) return
  const unfinished = `${target}.unfinished`
  rmSync(unfinished, { force: true })
  database.prepare('VACUUM INTO ?').run(unfinished)
  renameSync(unfinished, target)
}

function putAside(file: string, put: (from: string, to: string) => void): string {
  const target = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) put(file + suffix, target + suffix)
  }
  return target
}
