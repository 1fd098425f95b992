import { accessSync, constants, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorMessage } from '@pluggram/sdk'

/** https://sqlite.org/rescode.html: the lowest byte of an extended code. */
const SQLITE_BUSY = 5
const SQLITE_FULL = 13

/** Whether another connection holds the file. */
export function isHeldByAnother(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_BUSY
}

/** Says in one sentence why a file of the home cannot be opened or written, and what to do. */
export function explainOpenFailure(file: string, error: unknown): string {
  if (isHeldByAnother(error))
    return `Another program keeps ${file} locked. Close it (a backup or a database tool, for example), and start again.`
  const code = writeProblem(file, error)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: ${file} cannot be written. Free some space, and start again.`
    case 'EROFS':
      return `The disk is read-only: ${file} cannot be written. Make it writable, or set PLUGGRAM_HOME to another folder.`
    case 'EACCES':
    case 'EPERM':
      return `This account may not write ${file}. Give it the right to, or set PLUGGRAM_HOME to another folder.`
    case 'EMFILE':
    case 'ENFILE':
      return `${file} cannot be opened, because too many files are open. Raise the limit (ulimit -n), and start again.`
    default:
      return `${file} cannot be opened: ${errorMessage(error)}. Check that the folder is writable and the disk is not full.`
  }
}

/** SQLite does not tell why a file cannot be opened, so the folder is looked at. */
function writeProblem(file: string, error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code !== '' && code !== 'ERR_SQLITE_ERROR') return code
  if (sqliteCode(error) === SQLITE_FULL) return 'ENOSPC'
  try {
    const folder = dirname(file)
    accessSync(folder, constants.W_OK)
    return statfsSync(folder).bavail === 0 ? 'ENOSPC' : undefined
  } catch (problem) {
    return problem instanceof Error && 'code' in problem ? String(problem.code) : undefined
  }
}

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
}
