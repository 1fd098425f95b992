import { DatabaseSync } from 'node:sqlite'
import { errorMessage, PluggramError } from '@pluggram/sdk'

/** How long a copy waits for a program that keeps the file locked. */
const BUSY_MS = 30_000

/**
 * Copies a database that others may be writing to. The copy is one read transaction: it contains
 * every commit up to its beginning, delays no writer, and has no free pages
 * (https://sqlite.org/lang_vacuum.html#vacuuminto).
 * @returns the copy's schema version
 * @throws PluggramError `command-failed` when the database cannot be read, or the copy is damaged
 */
export function copyDatabase(from: string, to: string): number {
  const source = new DatabaseSync(from, { readOnly: true })
  try {
    source.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    source.prepare('VACUUM INTO ?').run(to)
  } catch (error) {
    throw new PluggramError(
      'command-failed',
      `The database ${from} cannot be copied: ${errorMessage(error)}. If it is damaged, "pluggram start --repair" says what can be read.`,
      { cause: error },
    )
  } finally {
    source.close()
  }
  return checkDatabase(to, from)
}

/**
 * Checks every page of a database.
 * @param name what to call it in the message
 * @returns its schema version
 * @throws PluggramError `command-failed`
 */
export function checkDatabase(file: string, name: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const found = database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check
    if (found !== 'ok') throw new Error(String(found))
    return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  } catch (error) {
    throw new PluggramError('command-failed', `The database ${name} is damaged: ${errorMessage(error)}.`, {
      cause: error,
    })
  } finally {
    database.close()
  }
}
