import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { botInSql } from '../bot-id.ts'

/** What a home's database says to somebody who only looks. */
export interface DatabaseFacts {
  readonly hasOwner: boolean
  /** Who may chat, if an owner chose it by chat. */
  readonly mode: string | undefined
  /** What a plugin keeps, by key, as JSON. */
  storeOf(plugin: string): ReadonlyMap<string, string>
}

/**
 * Reads from a database, also while an assistant runs, and changes nothing. It may have an older
 * schema: it is migrated at a start, not here.
 */
export function readFacts(file: string, bot: number): DatabaseFacts {
  const database = openToLook(file)
  try {
    const rows = (sql: string): readonly Readonly<Record<string, unknown>>[] => {
      try {
        return database.prepare(sql).all()
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('no such')) return []
        throw error
      }
    }
    const parties = rows(
      `SELECT 1 FROM access_parties WHERE bot = ${botInSql(bot)} AND standing = 'owner' LIMIT 1`,
    )
    const [chosen] = rows(`SELECT mode FROM access_mode WHERE bot = ${botInSql(bot)}`)
    const stored = Map.groupBy(rows('SELECT owner, key, value FROM plugin_store'), ({ owner }) =>
      String(owner),
    )
    return {
      hasOwner: parties.length > 0,
      mode: chosen && String(chosen['mode']),
      storeOf: (plugin) => new Map(stored.get(plugin)?.map(({ key, value }) => [String(key), String(value)])),
    }
  } finally {
    database.close()
  }
}

/** Opens a database that is only looked at. Without `immutable`, SQLite would leave new files beside it. */
export function openToLook(file: string): DatabaseSync {
  const hasLog = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const address = new URL(`${pathToFileURL(file).href}?immutable=1`)
  return new DatabaseSync(hasLog ? file : address, { readOnly: true })
}

/** Empties the log of a database that nothing has open. */
export function emptyLog(file: string): void {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}
