import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PluggramError } from '@pluggram/sdk'
import { explainOpenFailure, isHeldByAnother } from './open-problem.ts'

/**
 * Ensures that only one assistant runs in a home; two would answer every message twice. The lock is
 * the file lock of an open SQLite transaction. The operating system releases it however the process
 * ends.
 * @throws PluggramError `startup-failed` when another process holds it, or it cannot be written
 */
export function lockHome(file: string): { release(): void } {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    const opened = (database = new DatabaseSync(file))
    opened.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return { release: () => opened.close() }
  } catch (error) {
    database?.close()
    const message = isHeldByAnother(error)
      ? `Another assistant runs in this home (${dirname(dirname(file))}). Stop it first, or set PLUGGRAM_HOME to another folder.`
      : explainOpenFailure(file, error)
    throw new PluggramError('startup-failed', message, { cause: error })
  }
}
