import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'

/** The former ids of groups that became supergroups. */
export interface ChatMoves {
  /** The ids that the chat had before, newest first; from memory. */
  formerIds(chatId: number): readonly number[]
  move(from: number, to: number): Promise<void>
}

/** Stores the moves of chats in SQLite. There are few, so all are in memory. */
export function createSqliteChatMoves(queue: CommitQueue, options: { readonly bot: number }): ChatMoves {
  const bot = botInSql(options.bot)
  const all = queue.connection.prepare(`SELECT from_id, to_id FROM chat_moves WHERE bot = ${bot}`)
  const upsert = queue.connection.prepare(
    `INSERT OR REPLACE INTO chat_moves (bot, from_id, to_id) VALUES (${bot}, ?, ?)`,
  )
  const former = new Map<number, readonly number[]>()
  const note = (from: number, to: number): void =>
    void former.set(to, [...new Set([from, ...(former.get(from) ?? []), ...(former.get(to) ?? [])])])
  for (const { from_id: from, to_id: to } of all.all()) note(Number(from), Number(to))

  return {
    formerIds: (chatId) => former.get(chatId) ?? [],
    async move(from, to) {
      // at once: a press in the new chat may come before the commit
      note(from, to)
      await queue.write(() => upsert.run(from, to))
    },
  }
}
