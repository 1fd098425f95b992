/**
 * The program of a database process: one SQLite file, one piece of work after another. JavaScript
 * cannot interrupt a query inside SQLite, so the caller kills this process at a timeout. SQLite's
 * log makes that safe.
 */
import process from 'node:process'
import { SqliteSession } from './sqlite-session.ts'
import type { SqliteTarget, SqliteWork } from './sqlite-work.ts'

let session: SqliteSession | undefined

process.on('message', (message: { open: SqliteTarget } | { work: SqliteWork }) => {
  if ('work' in message) {
    process.send?.(session?.work(message.work))
    return
  }
  try {
    session = new SqliteSession(message.open)
    process.send?.({ results: [] })
  } catch (error) {
    process.send?.({
      error: { code: 'database-unavailable', message: error instanceof Error ? error.message : 'unknown' },
    })
  }
})
process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
