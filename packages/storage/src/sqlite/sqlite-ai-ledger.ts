import type { DatabaseSync } from 'node:sqlite'
import type { AiUsagePeriod } from '@pluggram/sdk'
import type { AiAccount, AiAmount, AiLedger } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'

const PERIODS: readonly AiUsagePeriod[] = ['day', 'month']
/** Older usage is deleted. */
const KEPT_DAYS = 400
const DAY_MS = 86_400_000

export interface AiLedgerOptions {
  /** The bot whose usage this is. */
  readonly bot: number
  /** Injected by tests. */
  readonly now?: () => Date
}

/**
 * Keeps the ledger in the assistant's database. A reservation that the last run left open stays
 * counted in full, because its call may have been made at an unknown cost.
 */
export function createSqliteAiLedger(
  database: DatabaseSync,
  { now = () => new Date(), ...options }: AiLedgerOptions,
): AiLedger {
  const bot = botInSql(options.bot)
  const read = database.prepare(
    `SELECT tokens, micros FROM ai_usage WHERE bot = ${bot} AND period = ? AND scope = ? AND name = ? AND is_cheaper = ?`,
  )
  const add = database.prepare(
    `INSERT INTO ai_usage (bot, period, scope, name, is_cheaper, tokens, micros) VALUES (${bot}, ?, ?, ?, ?, ?, ?) ` +
      'ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, micros = micros + excluded.micros',
  )
  const insert = database.prepare(
    `INSERT INTO ai_reservation (bot, at, accounts, tokens, micros) VALUES (${bot}, ?, ?, ?, ?) RETURNING id`,
  )
  const take = database.prepare(
    'DELETE FROM ai_reservation WHERE id = ? RETURNING at, accounts, tokens, micros',
  )
  const readChoice = database.prepare(
    `SELECT model FROM ai_choice WHERE bot = ${bot} AND kind = ? AND id = ?`,
  )
  const writeChoice = database.prepare(
    `INSERT INTO ai_choice (bot, kind, id, model) VALUES (${bot}, ?, ?, ?) ON CONFLICT DO UPDATE SET model = excluded.model`,
  )
  const dropChoice = database.prepare(`DELETE FROM ai_choice WHERE bot = ${bot} AND kind = ? AND id = ?`)
  const moveChat = prepareChatMove(database, bot)

  const oldest = new Date(now().getTime() - KEPT_DAYS * DAY_MS)
  database.prepare('DELETE FROM ai_usage WHERE period < ?').run(periodKey('month', oldest))
  database.exec(`DELETE FROM ai_reservation WHERE bot = ${bot}`)

  function used(account: AiAccount, period: AiUsagePeriod, at: Date): AiAmount {
    const row = read.get(periodKey(period, at), account.scope, account.name, Number(account.isCheaper))
    return { tokens: Number(row?.tokens ?? 0), micros: Number(row?.micros ?? 0) }
  }

  function addTo(accounts: readonly AiAccount[], { tokens, micros }: AiAmount, at: Date): void {
    for (const { scope, name, isCheaper } of accounts) {
      for (const period of PERIODS)
        add.run(periodKey(period, at), scope, name, Number(isCheaper), tokens, micros)
    }
  }

  function transaction<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    reserve: (accounts, limits, amount, at) =>
      transaction(() => {
        const reached = limits.find(({ account, period, tokens = Infinity, micros = Infinity }) => {
          const sum = used(account, period, at)
          return sum.tokens >= tokens || sum.micros >= micros
        })
        if (reached) return { reached }
        addTo(accounts, amount, at)
        const row = insert.get(at.getTime(), JSON.stringify(accounts), amount.tokens, amount.micros)
        return { id: Number(row?.id) }
      }),
    record: (accounts, amount, at) => transaction(() => addTo(accounts, amount, at)),
    settle: (id, amount) =>
      transaction(() => {
        const row = take.get(id)
        if (!row) return
        const correction = {
          tokens: amount.tokens - Number(row.tokens),
          micros: amount.micros - Number(row.micros),
        }
        // a reservation from before midnight counts for the previous day
        addTo(JSON.parse(String(row.accounts)) as AiAccount[], correction, new Date(Number(row.at)))
      }),
    used,
    choice(kind, id) {
      const row = readChoice.get(kind, id)
      return row === undefined ? undefined : String(row.model)
    },
    choose(kind, id, model) {
      if (model === null) dropChoice.run(kind, id)
      else writeChoice.run(kind, id, model)
    },
    moveChat: (from, to) => transaction(() => moveChat(from, to)),
  }
}

/**
 * Adds a chat's usage to that of its new id. A model chosen under the new id is newer, so it is
 * kept.
 */
function prepareChatMove(database: DatabaseSync, bot: string): (from: number, to: number) => void {
  const addUsage = database.prepare(
    `INSERT INTO ai_usage SELECT bot, period, scope, ?, is_cheaper, tokens, micros FROM ai_usage WHERE bot = ${bot} AND scope = 'chat' AND name = ? ` +
      'ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, micros = micros + excluded.micros',
  )
  const dropUsage = database.prepare(
    `DELETE FROM ai_usage WHERE bot = ${bot} AND scope = 'chat' AND name = ?`,
  )
  const reservations = database.prepare(`SELECT id, accounts FROM ai_reservation WHERE bot = ${bot}`)
  const writeAccounts = database.prepare('UPDATE ai_reservation SET accounts = ? WHERE id = ?')
  const addChoice = database.prepare(
    `INSERT OR IGNORE INTO ai_choice SELECT bot, kind, ?, model FROM ai_choice WHERE bot = ${bot} AND kind = 'chat' AND id = ?`,
  )
  const dropChoice = database.prepare(`DELETE FROM ai_choice WHERE bot = ${bot} AND kind = 'chat' AND id = ?`)

  return (from, to) => {
    if (from === to) return
    addUsage.run(String(to), String(from))
    dropUsage.run(String(from))
    addChoice.run(to, from)
    dropChoice.run(from)
    for (const { id, accounts } of reservations.all()) {
      const moved = (JSON.parse(String(accounts)) as AiAccount[]).map((account) =>
        account.scope === 'chat' && account.name === String(from)
          ? { ...account, name: String(to) }
          : account,
      )
      writeAccounts.run(JSON.stringify(moved), Number(id))
    }
  }
}

/** `2026-11-22` or `2026-11`, in UTC. */
function periodKey(period: AiUsagePeriod, at: Date): string {
  return at.toISOString().slice(0, period === 'day' ? 10 : 7)
}
