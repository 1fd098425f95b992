import { DatabaseError } from '@pluggram/sdk'

const READS = new Set(['select', 'with', 'values', 'table', 'show', 'explain', 'describe', 'desc'])
const TRANSACTION_WORDS = new Set([
  'abort',
  'begin',
  'commit',
  'end',
  'prepare',
  'release',
  'rollback',
  'savepoint',
  'start',
  'xa',
  'lock',
  'unlock',
])
const LEADING = /^(?:\s|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?![!M])[\s\S]*?\*\/|\()*/

/**
 * Refuses statements that a server's read-only transaction does not stop: those that end it,
 * comments that MySQL executes, and those that write files. The transaction stays the main
 * protection.
 * @throws DatabaseError
 */
export function checkStatement(label: string, sql: string, isWritable: boolean): void {
  const word = (/^[a-z]+/i.exec(sql.replace(LEADING, ''))?.[0] ?? '').toLowerCase()
  if (isWritable) {
    if (TRANSACTION_WORDS.has(word))
      throw refused(label, `${word.toUpperCase()} may not be used; see transaction`)
    return
  }
  if (!READS.has(word)) throw refused(label, 'only reading statements may be used: it is not writable')
  if (/\/\*(?:!|M!)/.test(sql)) throw refused(label, 'comments that the server runs may not be used')
  if (/\binto\s+(?:outfile|dumpfile)\b/i.test(sql)) throw refused(label, 'files may not be written')
}

function refused(label: string, words: string): DatabaseError {
  return new DatabaseError('database-query-failed', `${label}: ${words}.`)
}
