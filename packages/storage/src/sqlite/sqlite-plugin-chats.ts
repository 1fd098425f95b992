import type { PluginChats } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'

export interface StoredPluginChats extends PluginChats {
  /**
   * A group became a supergroup: gives plugins the same rights in the new chat as in the old one.
   */
  move(from: number, to: number): Promise<void>
  /** Writes pending chats. */
  close(): Promise<void>
}

/** New chats within this span are written together. */
const WRITE_AFTER_MS = 1_000
/** How many chats of one plugin are cached; the database has all of them. */
const MAX_KNOWN = 20_000

/**
 * Records which chats plugins have answered in. It is read for every answer, so known chats are
 * cached. A new chat is written within a second; if a crash loses it, the next answer in that chat
 * records it again.
 */
export function createSqlitePluginChats(
  queue: CommitQueue,
  options: { readonly bot: number },
): StoredPluginChats {
  const bot = botInSql(options.bot)
  const database = queue.connection
  const select = database.prepare(
    `SELECT 1 FROM plugin_chats WHERE bot = ${bot} AND plugin = ? AND chat_id = ?`,
  )
  const insert = database.prepare(
    `INSERT OR IGNORE INTO plugin_chats (bot, plugin, chat_id) VALUES (${bot}, ?, ?)`,
  )
  const copy = database.prepare(
    `INSERT OR IGNORE INTO plugin_chats (bot, plugin, chat_id)
     SELECT bot, plugin, ? FROM plugin_chats WHERE bot = ${bot} AND chat_id = ?`,
  )
  const known = new Map<string, Set<number>>()
  const open = new Map<string, Map<number, number>>()
  let unwritten: [plugin: string, chatId: number][] = []
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function note(plugin: string, chatId: number): void {
    const chats = known.get(plugin) ?? new Set()
    if (chats.has(chatId)) return
    // what is not on disk yet is known here only
    if (chats.size >= MAX_KNOWN && unwritten.length === 0) chats.clear()
    known.set(plugin, chats.add(chatId))
    unwritten.push([plugin, chatId])
    writeSoon()
  }

  function writeSoon(): void {
    timer ??= setTimeout(() => void write(), WRITE_AFTER_MS).unref()
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const rows = unwritten
    unwritten = []
    if (rows.length === 0) return
    try {
      await queue.writeLight(() => {
        for (const row of rows) insert.run(...row)
      })
    } catch {
      // the disk may be full; forgotten now, the plugins could not write to these chats afterwards
      unwritten = [...rows, ...unwritten]
      if (!isClosed) writeSoon()
    }
  }

  return {
    enter(plugin, chatId) {
      const chats = open.get(plugin) ?? new Map<number, number>()
      open.set(plugin, chats)
      chats.set(chatId, (chats.get(chatId) ?? 0) + 1)
      return (hasAnswered) => {
        const left = (chats.get(chatId) ?? 1) - 1
        if (left > 0) chats.set(chatId, left)
        else chats.delete(chatId)
        if (hasAnswered) note(plugin, chatId)
      }
    },
    has: (plugin, chatId) =>
      open.get(plugin)?.has(chatId) === true ||
      known.get(plugin)?.has(chatId) === true ||
      select.get(plugin, chatId) !== undefined,
    async move(from, to) {
      await write()
      await queue.writeLight(() => copy.run(to, from))
    },
    async close() {
      isClosed = true
      await write()
    },
  }
}
