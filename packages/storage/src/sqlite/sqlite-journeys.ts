import { botInSql } from '../bot-id.ts'
import type { JourneyStore, KeptJourney, KeptReason } from '../contracts/journey-store.ts'
import type { CommitQueue } from './commit-queue.ts'

/** Implements `JourneyStore` in SQLite. */
export function createSqliteJourneys(queue: CommitQueue, options: { readonly bot: number }): JourneyStore {
  const bot = botInSql(options.bot)
  const { connection } = queue
  const all = connection.prepare(
    `SELECT day, plugin, reason, value, update_id, chat_id, user_id, journey FROM kept_journeys
       WHERE bot = ${bot} ORDER BY day DESC, plugin, reason`,
  )
  const upsert = connection.prepare(
    `INSERT OR REPLACE INTO kept_journeys
       (bot, day, plugin, reason, value, update_id, chat_id, user_id, journey) VALUES (${bot}, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const removeOld = connection.prepare(`DELETE FROM kept_journeys WHERE bot = ${bot} AND day < ?`)
  const removeUser = connection.prepare(`DELETE FROM kept_journeys WHERE bot = ${bot} AND user_id = ?`)
  const moveChat = connection.prepare(
    `UPDATE kept_journeys SET chat_id = ? WHERE bot = ${bot} AND chat_id = ?`,
  )

  return {
    async all() {
      return all.all().map((row): KeptJourney => ({
        day: String(row.day),
        plugin: String(row.plugin),
        reason: String(row.reason) as KeptReason,
        value: Number(row.value),
        updateId: Number(row.update_id),
        chatId: Number(row.chat_id),
        userId: Number(row.user_id),
        journey: String(row.journey),
      }))
    },
    keep: (journeys) =>
      queue.writeLight(() => {
        for (const { day, plugin, reason, value, updateId, chatId, userId, journey } of journeys)
          upsert.run(day, plugin, reason, value, updateId, chatId, userId, journey)
      }),
    forgetBefore: (day) => queue.writeLight(() => void removeOld.run(day)),
    forget: (userId) => queue.write(() => void removeUser.run(userId)),
    move: (from, to) => queue.write(() => void moveChat.run(to, from)),
  }
}
