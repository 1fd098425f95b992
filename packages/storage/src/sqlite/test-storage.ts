import type { DatabaseSync } from 'node:sqlite'
import { openSqliteDatabase } from './sqlite-database.ts'
import { WriteLog } from './write-log.ts'

export interface TestStorage {
  readonly database: DatabaseSync
  readonly log: WriteLog
  close(): Promise<void>
}

/** A database and its log, as the assistant opens them. */
export function openStorage(file: string): TestStorage {
  const database = openSqliteDatabase(file)
  const log = new WriteLog(database)
  return {
    database,
    log,
    async close() {
      await log.close()
      if (database.isOpen) database.close()
    },
  }
}
