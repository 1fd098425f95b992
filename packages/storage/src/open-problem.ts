import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure, fileFailure } from '@pluggram/sdk/runtime'

/** https://sqlite.org/rescode.html: the lowest byte of an extended code. */
const SQLITE_BUSY = 5
const SQLITE_FULL = 13

/** Whether another connection holds the file. */
export function isHeldByAnother(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_BUSY
}

/** Why a file of the home cannot be opened or written. */
export function explainOpenFailure(file: string, error: unknown): Failure {
  if (isHeldByAnother(error)) return new Failure('database-locked', { subject: file, cause: error })
  return fileFailure(writeProblem(file, error), file, error)
}

/** SQLite does not tell why a file cannot be opened, so the folder is looked at. */
function writeProblem(file: string, error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code !== '' && code !== 'ERR_SQLITE_ERROR') return code
  if (sqliteCode(error) === SQLITE_FULL) return 'ENOSPC'
  try {
    const folder = dirname(file)
    accessSync(folder, constants.W_OK)
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isDirectory()) return 'EISDIR'
    if (found) accessSync(file, constants.R_OK | constants.W_OK)
    return statfsSync(folder).bavail === 0 ? 'ENOSPC' : undefined
  } catch (problem) {
    return problem instanceof Error && 'code' in problem ? String(problem.code) : undefined
  }
}

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
}
