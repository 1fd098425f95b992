import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Failure } from '@pluggram/sdk/runtime'
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
    if (!isHeldByAnother(error)) throw explainOpenFailure(file, error)
    throw new Failure('home-taken', { subject: dirname(dirname(file)), cause: error })
  }
}
