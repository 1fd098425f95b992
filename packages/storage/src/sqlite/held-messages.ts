import type { DatabaseSync } from 'node:sqlite'
import { openSqliteDatabase } from './sqlite-database.ts'

/** Why rows of a restored database wait. */
const RESTORED = 'restored from a backup: it may have been sent since'
const RESTORED_UPDATE = 'restored from a backup: it may have been answered since'

/** How much of a restored database waits for the owner. */
export interface HeldBack {
  /** Messages that were not sent when the backup was made. */
  readonly messages: number
  /** Updates that were not answered, now parked. */
  readonly updates: number
  /** Schedules that were due since, now paused. */
  readonly schedules: number
}

/**
 * Holds back what may have happened since a backup was made, for all bots: nothing is sent, answered
 * or run twice. Schedules that skip what they missed go on by themselves.
 * @param now milliseconds since 1970
 */
export function holdRestored(file: string, now: number): HeldBack {
  const database = openSqliteDatabase(file)
  try {
    database.exec('BEGIN IMMEDIATE')
    const messages = database
      .prepare("UPDATE outbox SET state = 'held', reason = ? WHERE state IN ('unsent', 'sending')")
      .run(RESTORED).changes
    const updates = database
      .prepare("UPDATE inbox SET state = 'parked', reason = ? WHERE state = 'new'")
      .run(RESTORED_UPDATE).changes
    const schedules = database
      .prepare(
        `UPDATE schedules SET is_paused = 1
         WHERE is_paused = 0 AND next_slot <= ? AND definition ->> '$.missed' <> 'skip'`,
      )
      .run(now).changes
    database.exec('COMMIT')
    return { messages: Number(messages), updates: Number(updates), schedules: Number(schedules) }
  } finally {
    database.close()
  }
}

/** A message that waits for the owner's decision. */
export interface HeldMessage {
  readonly id: number
  readonly chatId: number
  readonly content: unknown
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** One bot's held messages, oldest first. */
export function listHeld(database: DatabaseSync, bot: number): HeldMessage[] {
  return database
    .prepare(
      "SELECT id, chat_id, content, created_at FROM outbox WHERE bot = ? AND state = 'held' ORDER BY id",
    )
    .all(bot)
    .map((row) => ({
      id: Number(row.id),
      chatId: Number(row.chat_id),
      content: JSON.parse(String(row.content)),
      createdAt: Number(row.created_at),
    }))
}

/**
 * Sends held messages at the next start, or deletes them.
 * @returns how many
 */
export function decideHeld(
  database: DatabaseSync,
  { bot, ids, isSent }: { readonly bot: number; readonly ids: readonly number[]; readonly isSent: boolean },
): number {
  const one = database.prepare(
    isSent
      ? "UPDATE outbox SET state = 'unsent', reason = NULL WHERE bot = ? AND id = ? AND state = 'held'"
      : "DELETE FROM outbox WHERE bot = ? AND id = ? AND state = 'held'",
  )
  database.exec('BEGIN IMMEDIATE')
  try {
    const count = ids.reduce((sum, id) => sum + Number(one.run(bot, id).changes), 0)
    database.exec('COMMIT')
    return count
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
