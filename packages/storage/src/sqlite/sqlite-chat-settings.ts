import { botInSql } from '../bot-id.ts'
import type { ChatSettings } from '../contracts/chat-settings.ts'
import type { CommitQueue } from './commit-queue.ts'

/** Implements `ChatSettings` in SQLite. */
export function createSqliteChatSettings(
  queue: CommitQueue,
  options: { readonly bot: number },
): ChatSettings {
  const bot = botInSql(options.bot)
  const database = queue.connection
  const all = database.prepare(
    `SELECT chat_id, plugin, key, value FROM chat_settings WHERE bot = ${bot} ORDER BY key`,
  )
  const upsert = database.prepare(
    `INSERT INTO chat_settings (bot, chat_id, plugin, key, value) VALUES (${bot}, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value`,
  )
  const remove = database.prepare(
    `DELETE FROM chat_settings WHERE bot = ${bot} AND chat_id = ? AND plugin = ? AND key = ?`,
  )
  const moveAll = database.prepare(
    `UPDATE OR REPLACE chat_settings SET chat_id = ? WHERE bot = ${bot} AND chat_id = ?`,
  )
  const known = new Map<string, Map<number, Readonly<Record<string, unknown>>>>()

  function note(plugin: string, chatId: number, change: Readonly<Record<string, unknown>>): void {
    const chats = known.get(plugin) ?? new Map<number, Readonly<Record<string, unknown>>>()
    const entries = Object.entries({ ...chats.get(chatId), ...change })
    const kept = entries.filter(([, value]) => value !== undefined)
    if (kept.length === 0) chats.delete(chatId)
    else chats.set(chatId, Object.freeze(Object.fromEntries(kept)))
    if (chats.size === 0) known.delete(plugin)
    else known.set(plugin, chats)
  }

  for (const { chat_id, plugin, key, value } of all.all())
    note(String(plugin), Number(chat_id), { [String(key)]: JSON.parse(String(value)) as unknown })

  return {
    of: (plugin, chatId) => known.get(plugin)?.get(chatId),
    chats: (plugin) => [...(known.get(plugin)?.keys() ?? [])],
    async set(plugin, chatId, key, value) {
      const json = JSON.stringify(value)
      await queue.write(() => {
        if (value === undefined) remove.run(chatId, plugin, key)
        else upsert.run(chatId, plugin, key, json)
      })
      note(plugin, chatId, { [key]: value })
    },
    move(from, to) {
      // at once: the group's next message may come before the commit
      for (const [plugin, chats] of known) {
        const settings = chats.get(from)
        if (!settings) continue
        note(plugin, to, settings)
        chats.delete(from)
      }
      return queue.write(() => void moveAll.run(to, from))
    },
  }
}
