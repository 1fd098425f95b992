import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PluggramError } from '@pluggram/sdk'

/**
 * Ensures that only one assistant runs in a home; two would answer every message twice. The lock is
 * the file lock of an open SQLite transaction. The operating system releases it however the process
 * ends.
 * @throws PluggramError `startup-failed` when another process holds it
 */
export function lockHome(file: string): { release(): void } {
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw new PluggramError(
      'startup-failed',
      `Another assistant runs in this home (${dirname(dirname(file))}). Stop it first, or set PLUGGRAM_HOME to another folder.`,
      { cause: error },
    )
  }
  return { release: () => database.close() }
}
