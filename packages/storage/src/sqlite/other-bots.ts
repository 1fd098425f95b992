import type { DatabaseSync } from 'node:sqlite'
import { botInSql } from '../bot-id.ts'

/** What another bot than the running one left. */
export interface OtherBot {
  readonly bot: number
  readonly updates: number
  readonly messages: number
}

/**
 * Finds what bots with earlier tokens of this home left. It stays on disk until the assistant
 * starts with their token again: another bot must not answer or send it, since their chats are not
 * its own.
 */
export function findOtherBots(database: DatabaseSync, bot: number): readonly OtherBot[] {
  const rows = database
    .prepare(
      `SELECT bot, sum(updates) AS updates, sum(messages) AS messages FROM (
         SELECT bot, count(*) AS updates, 0 AS messages FROM inbox
           WHERE (bot < ${botInSql(bot)} OR bot > ${botInSql(bot)}) AND state = 'new' GROUP BY bot
         UNION ALL
         SELECT bot, 0, count(*) FROM outbox
           WHERE bot <> ${botInSql(bot)} AND state IN ('unsent', 'sending') GROUP BY bot
       ) GROUP BY bot ORDER BY bot`,
    )
    .all()
  return rows.map((row) => ({
    bot: Number(row.bot),
    updates: Number(row.updates),
    messages: Number(row.messages),
  }))
}
