import type { DatabaseSync } from 'node:sqlite'
import type { PluginChats } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'

export interface StoredPluginChats extends PluginChats {
  /** A group became a supergroup: what plugins may do in the old chat, they may do in the new one. */
  move(from: number, to: number): void
  /** Writes what is not written yet. */
  close(): void
}

/** New chats of this span are written together. */
const WRITE_AFTER_MS = 1_000
/** Chats of one plugin that are kept in memory; the file knows all of them. */
const MAX_KNOWN = 20_000

/**
 * Remembers in which chats plugins have answered. Asked for every answer, so what is known is in memory; a new chat is
 * written within a second, and what a crash costs is noted again with the chat's next answer.
 */
export function createSqlitePluginChats(
  database: DatabaseSync,
  options: { readonly bot: number },
): StoredPluginChats {
  const bot = botInSql(options.bot)
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

  function note(plugin: string, chatId: number): void {
    const chats = known.get(plugin) ?? new Set()
    if (chats.has(chatId)) return
    if (chats.size >= MAX_KNOWN) chats.clear()
    known.set(plugin, chats.add(chatId))
    unwritten.push([plugin, chatId])
    timer ??= setTimeout(write, WRITE_AFTER_MS).unref()
  }

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    const rows = unwritten
    unwritten = []
    if (rows.length === 0) return
    try {
      database.exec('BEGIN IMMEDIATE')
      for (const row of rows) insert.run(...row)
      database.exec('COMMIT')
    } catch {
      // a full disk: these chats are noted again by their next answers
      known.clear()
      if (database.isTransaction) database.exec('ROLLBACK')
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
    move(from, to) {
      write()
      copy.run(to, from)
    },
    close: write,
  }
}
