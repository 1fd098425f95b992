import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from '../../../packages/storage/src/sqlite/schema.ts'
import { openSqliteDatabase } from '../../../packages/storage/src/sqlite/sqlite-database.ts'
import type { Cell } from './cell.ts'

/** Enough that the copy before a migration, and the migration, take a moment. */
const ROWS = 20_000

/** Puts a database of the schema before the newest into the home, with a message that waits for a chat. */
export function putOldDatabase({ home, emulator }: Cell, chatId: number): void {
  const migrations = MIGRATIONS.slice(0, -1)
  const database = openSqliteDatabase(join(home, 'data', 'pluggram.db'), { migrations })
  const insert = database.prepare(
    "INSERT INTO chat_settings (bot, chat_id, plugin, key, value) VALUES (1, 7, 'old', ?, ?)",
  )
  database.exec('BEGIN')
  for (let row = 0; row < ROWS; row++) insert.run(`key ${row}`, JSON.stringify('value '.repeat(20)))
  const content = { method: 'sendMessage', payload: { chat_id: chatId, text: 'from before' } }
  database
    .prepare(
      `INSERT INTO outbox (bot, update_id, part, chat_id, content, policy, state, created_at)
       VALUES (?, 1, 0, ?, ?, 'at-least-once', 'unsent', ?)`,
    )
    .run(Number(emulator.token.split(':')[0]), chatId, JSON.stringify(content), Date.now())
  database.exec('COMMIT')
  database.close()
}

/** @throws Error when the database was not migrated, or lost rows */
export function checkMigrated({ home }: Cell): void {
  const database = new DatabaseSync(join(home, 'data', 'pluggram.db'), { readOnly: true })
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    const rows = Number(
      database.prepare("SELECT count(*) AS n FROM chat_settings WHERE plugin = 'old'").get()?.n,
    )
    if (version !== MIGRATIONS.length || rows !== ROWS)
      throw new Error(`the database has version ${version} and ${rows} of ${ROWS} rows`)
  } finally {
    database.close()
  }
}
