import type { DatabaseSync } from 'node:sqlite'
import type { AiAccount, AiAmount, AiLedger, AiReservationRequest } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'
import { LedgerSums, minus, periodKey } from './ledger-sums.ts'

/** Older usage is deleted. */
const KEPT_DAYS = 400
const DAY_MS = 86_400_000
const ZERO: AiAmount = { tokens: 0, micros: 0 }

export interface AiLedgerOptions {
  /** The bot whose usage this is. */
  readonly bot: number
  /** Injected by tests. */
  readonly now?: () => Date
}

export interface StoredAiLedger extends AiLedger {
  /** Resolves when everything is written, or cannot be. */
  close(): Promise<void>
}

/** A running call. */
interface OpenCall {
  accounts: readonly AiAccount[]
  readonly at: Date
  readonly most: AiAmount
  known: AiAmount
}

/**
 * Keeps the ledger in the assistant's database. What is known of a running call is written as used;
 * the rest of its reservation is in memory only, so it ends with the program, as the call does.
 */
export function createSqliteAiLedger(
  queue: CommitQueue,
  { now = () => new Date(), ...options }: AiLedgerOptions,
): StoredAiLedger {
  const bot = botInSql(options.bot)
  const sums = new LedgerSums(queue, bot)
  const choices = prepareChoices(queue.connection, bot)
  const moveRows = prepareChatMove(queue.connection, bot)
  const open = new Map<number, OpenCall>()
  let lastId = 0

  const forget = queue.connection.prepare('DELETE FROM ai_usage WHERE period < ?')
  const oldest = periodKey('month', new Date(now().getTime() - KEPT_DAYS * DAY_MS))
  // what cannot be deleted now is deleted by a later start
  queue.writeLater(() => forget.run(oldest)).catch(() => {})

  /** Counts what a call has used, and what it may still use, for the period in which it began. */
  function count({ accounts, at, most, known }: OpenCall, used: AiAmount, left: AiAmount): void {
    sums.change(accounts, at, minus(used, known), minus(left, minus(most, known)))
  }

  return {
    reserve({ accounts, limits, most, known, at }: AiReservationRequest) {
      const reached = limits.find(({ account, period, tokens = Infinity, micros = Infinity }) => {
        const sum = sums.used(account, period, at)
        return sum.tokens >= tokens || sum.micros >= micros
      })
      if (reached) return { reached }
      sums.change(accounts, at, known, minus(most, known))
      lastId += 1
      open.set(lastId, { accounts, at, most, known })
      return { id: lastId }
    },
    note(id, known) {
      const call = open.get(id)
      if (!call) return
      count(call, known, minus(call.most, known))
      call.known = known
    },
    settle(id, amount) {
      const call = open.get(id)
      if (!call) return
      open.delete(id)
      count(call, amount, ZERO)
    },
    used: (account, period, at) => sums.used(account, period, at),
    choice: choices.read,
    choose: (kind, id, model) => queue.write(() => choices.write(kind, id, model)),
    async moveChat(from, to) {
      if (from === to) return
      await sums.moveChat(from, to, () => moveRows(from, to))
      for (const call of open.values()) {
        call.accounts = call.accounts.map((account) =>
          account.scope === 'chat' && account.name === String(from)
            ? { ...account, name: String(to) }
            : account,
        )
      }
    },
    close: () => sums.close(),
  }
}

function prepareChoices(database: DatabaseSync, bot: string) {
  const read = database.prepare(`SELECT model FROM ai_choice WHERE bot = ${bot} AND kind = ? AND id = ?`)
  const upsert = database.prepare(
    `INSERT INTO ai_choice (bot, kind, id, model) VALUES (${bot}, ?, ?, ?) ON CONFLICT DO UPDATE SET model = excluded.model`,
  )
  const drop = database.prepare(`DELETE FROM ai_choice WHERE bot = ${bot} AND kind = ? AND id = ?`)
  return {
    read(kind: 'chat' | 'user', id: number): string | undefined {
      const row = read.get(kind, id)
      return row === undefined ? undefined : String(row.model)
    },
    write(kind: 'chat' | 'user', id: number, model: string | null): void {
      if (model === null) drop.run(kind, id)
      else upsert.run(kind, id, model)
    },
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
  const addChoice = database.prepare(
    `INSERT OR IGNORE INTO ai_choice SELECT bot, kind, ?, model FROM ai_choice WHERE bot = ${bot} AND kind = 'chat' AND id = ?`,
  )
  const dropChoice = database.prepare(`DELETE FROM ai_choice WHERE bot = ${bot} AND kind = 'chat' AND id = ?`)

  return (from, to) => {
    addUsage.run(String(to), String(from))
    dropUsage.run(String(from))
    addChoice.run(to, from)
    dropChoice.run(from)
  }
}
