import type { DatabaseSync } from 'node:sqlite'
import { botInSql } from '../bot-id.ts'

/** What an owner decided about a user or a group. */
type Standing = 'owner' | 'trusted' | 'allowed' | 'blocked'

/** Somebody the access settings know; `unknown`: they wrote, and nothing was decided. */
interface KnownParty {
  /** A user's id, or a group's, which is negative. */
  readonly id: number
  readonly standing: Standing | 'unknown'
  /** How they were called last. */
  readonly name: string
  readonly notedAt: Date
}

/** Decisions that were made by chat: config.json is written by people only. */
export interface AccessStore {
  /** Latest first. */
  parties(): readonly KnownParty[]
  standingOf(id: number): Standing | undefined
  /** `undefined` takes the decision back. */
  decide(id: number, standing: Standing | undefined, name?: string): void
  /** Notes that a stranger wrote; false when that was noted within the last day. */
  noteStranger(id: number, name: string): boolean
  /** Deletes what is known of a user, except a decision: it stays, under the bare id. */
  forget(userId: number): void
  /** Names of plugins that are off in a chat. */
  offIn(chatId: number): ReadonlySet<string> | undefined
  switchInChat(chatId: number, plugin: string, isOn: boolean): void
  /** A group became a supergroup: what was decided about it holds for its new id. */
  move(from: number, to: number): void
}

const DAY_MS = 24 * 60 * 60 * 1_000
/** Strangers that are remembered; the oldest are forgotten. */
const MAX_STRANGERS = 500

export interface AccessStoreOptions {
  /** The bot whose people these are. */
  readonly bot: number
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
}

export function createSqliteAccessStore(
  database: DatabaseSync,
  { bot, now = Date.now }: AccessStoreOptions,
): AccessStore {
  const statements = prepare(database, botInSql(bot))
  const standings = new Map<number, Standing>()
  const switchedOff = new Map<number, Set<string>>()

  function load(): void {
    standings.clear()
    switchedOff.clear()
    for (const row of statements.all.all()) {
      const { id, standing } = toParty(row)
      if (standing !== 'unknown') standings.set(id, standing)
    }
    for (const row of statements.switches.all()) note(Number(row.chat_id), String(row.plugin))
  }

  function note(chatId: number, plugin: string): void {
    const plugins = switchedOff.get(chatId) ?? new Set()
    switchedOff.set(chatId, plugins.add(plugin))
  }

  load()
  return {
    parties: () => statements.all.all().map(toParty),
    standingOf: (id) => standings.get(id),
    decide(id, standing, name = '') {
      statements.decide.run(id, standing ?? 'unknown', name, now())
      if (standing === undefined) standings.delete(id)
      else standings.set(id, standing)
    },
    noteStranger(id, name) {
      const known = statements.find.get(id)
      if (known && Number(known.told_at ?? 0) > now() - DAY_MS) return false
      statements.meet.run(id, name, now(), now())
      if (!known) statements.trim.run(MAX_STRANGERS)
      return true
    },
    forget(userId) {
      statements.forget.run(userId)
      statements.forgetName.run(userId)
    },
    offIn: (chatId) => switchedOff.get(chatId),
    switchInChat(chatId, plugin, isOn) {
      if (!isOn) {
        statements.switchOff.run(chatId, plugin)
        note(chatId, plugin)
        return
      }
      statements.switchOn.run(chatId, plugin)
      const plugins = switchedOff.get(chatId)
      plugins?.delete(plugin)
      if (plugins?.size === 0) switchedOff.delete(chatId)
    },
    move(from, to) {
      database.exec('BEGIN IMMEDIATE')
      try {
        statements.moveParty.run(to, from)
        statements.moveSwitches.run(to, from)
        database.exec('COMMIT')
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
      load()
    },
  }
}

function toParty(row: Record<string, unknown>): KnownParty {
  return {
    id: Number(row.id),
    standing: row.standing as KnownParty['standing'],
    name: String(row.name),
    notedAt: new Date(Number(row.noted_at)),
  }
}

function prepare(database: DatabaseSync, bot: string) {
  return {
    all: database.prepare(`SELECT * FROM access_parties WHERE bot = ${bot} ORDER BY noted_at DESC, id`),
    find: database.prepare(`SELECT told_at FROM access_parties WHERE bot = ${bot} AND id = ?`),
    decide: database.prepare(
      `INSERT INTO access_parties (bot, id, standing, name, noted_at) VALUES (${bot}, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET standing = excluded.standing, noted_at = excluded.noted_at,
         name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END`,
    ),
    meet: database.prepare(
      `INSERT INTO access_parties (bot, id, standing, name, noted_at, told_at) VALUES (${bot}, ?, 'unknown', ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, told_at = excluded.told_at`,
    ),
    forget: database.prepare(
      `DELETE FROM access_parties WHERE bot = ${bot} AND id = ? AND standing = 'unknown'`,
    ),
    forgetName: database.prepare(`UPDATE access_parties SET name = '' WHERE bot = ${bot} AND id = ?`),
    trim: database.prepare(
      `DELETE FROM access_parties WHERE bot = ${bot} AND standing = 'unknown' AND id NOT IN
         (SELECT id FROM access_parties WHERE bot = ${bot} AND standing = 'unknown' ORDER BY noted_at DESC LIMIT ?)`,
    ),
    switches: database.prepare(`SELECT chat_id, plugin FROM chat_switches WHERE bot = ${bot}`),
    switchOff: database.prepare(
      `INSERT OR IGNORE INTO chat_switches (bot, chat_id, plugin) VALUES (${bot}, ?, ?)`,
    ),
    switchOn: database.prepare(`DELETE FROM chat_switches WHERE bot = ${bot} AND chat_id = ? AND plugin = ?`),
    moveParty: database.prepare(`UPDATE OR REPLACE access_parties SET id = ? WHERE bot = ${bot} AND id = ?`),
    moveSwitches: database.prepare(
      `UPDATE OR REPLACE chat_switches SET chat_id = ? WHERE bot = ${bot} AND chat_id = ?`,
    ),
  }
}
