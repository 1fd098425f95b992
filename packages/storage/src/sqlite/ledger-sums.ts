import { setTimeout as sleep } from 'node:timers/promises'
import type { AiUsagePeriod } from '@pluggram/sdk'
import type { AiAccount, AiAmount } from '@pluggram/sdk/runtime'
import type { CommitQueue } from './commit-queue.ts'

const PERIODS: readonly AiUsagePeriod[] = ['day', 'month']
/** How many sums are cached; the database has all of them. */
const MAX_CACHED = 20_000
/** The delay before a failed write is retried. */
const RETRY_MS = 1_000

/** The usage of one account in one period. */
interface Sum {
  readonly account: AiAccount
  readonly period: string
  /** What was used, whether it is on disk or not. */
  spent: AiAmount
  /** What running calls may still use. */
  reserved: AiAmount
  /** The part of `spent` that no transaction has written. */
  due: AiAmount
  isWriting: boolean
}

const ZERO: AiAmount = { tokens: 0, micros: 0 }

/**
 * The sums of the ledger. They are counted in memory and written soon after, so a locked file or a
 * full disk delays no caller: what could not be written is tried again. Sums are not flushed, so a
 * power loss may undo the last ones, but a crash does not.
 */
export class LedgerSums {
  readonly #queue: CommitQueue
  readonly #read: (sum: Pick<Sum, 'account' | 'period'>) => AiAmount
  readonly #add: (sum: Pick<Sum, 'account' | 'period'>, amount: AiAmount) => void
  readonly #cache = new Map<string, Sum>()
  readonly #due = new Set<Sum>()
  readonly #closing = new AbortController()
  #writing: Promise<void> | undefined

  /** @param bot an SQL literal */
  constructor(queue: CommitQueue, bot: string) {
    this.#queue = queue
    const { connection } = queue
    const read = connection.prepare(
      `SELECT tokens, micros FROM ai_usage WHERE bot = ${bot} AND period = ? AND scope = ? AND name = ? AND is_cheaper = ?`,
    )
    const add = connection.prepare(
      `INSERT INTO ai_usage (bot, period, scope, name, is_cheaper, tokens, micros) VALUES (${bot}, ?, ?, ?, ?, ?, ?) ` +
        'ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, micros = micros + excluded.micros',
    )
    this.#read = ({ account, period }) => {
      const row = read.get(period, account.scope, account.name, Number(account.isCheaper))
      return { tokens: Number(row?.tokens ?? 0), micros: Number(row?.micros ?? 0) }
    }
    this.#add = ({ account: { scope, name, isCheaper }, period }, { tokens, micros }) =>
      void add.run(period, scope, name, Number(isCheaper), tokens, micros)
  }

  /** What an account has used in the period that contains `at`, reservations included. */
  used(account: AiAccount, period: AiUsagePeriod, at: Date): AiAmount {
    const { spent, reserved } = this.#sum(account, periodKey(period, at))
    return plus(spent, reserved)
  }

  /** Changes what the accounts have used, and what is reserved for their running calls. */
  change(accounts: readonly AiAccount[], at: Date, spent: AiAmount, reserved: AiAmount): void {
    const isSpent = spent.tokens !== 0 || spent.micros !== 0
    for (const account of accounts) {
      for (const period of PERIODS) {
        const sum = this.#sum(account, periodKey(period, at))
        sum.reserved = plus(sum.reserved, reserved)
        if (!isSpent) continue
        sum.spent = plus(sum.spent, spent)
        sum.due = plus(sum.due, spent)
        this.#due.add(sum)
      }
    }
    if (isSpent) this.#writeSoon()
  }

  /**
   * Gives the sums of one chat to another.
   * @param move moves the rows on disk
   */
  async moveChat(from: number, to: number, move: () => void): Promise<void> {
    const isOf = (chatId: number, { account }: Sum): boolean =>
      account.scope === 'chat' && account.name === String(chatId)
    await this.#commit(move)
    for (const [key, sum] of this.#cache) {
      if (!isOf(from, sum)) continue
      this.#cache.delete(key)
      this.#due.delete(sum)
      const target = this.#sum({ ...sum.account, name: String(to) }, sum.period)
      target.reserved = plus(target.reserved, sum.reserved)
      target.due = plus(target.due, sum.due)
      if (target.due.tokens !== 0 || target.due.micros !== 0) this.#due.add(target)
    }
    for (const sum of this.#cache.values()) if (isOf(to, sum)) sum.spent = plus(this.#read(sum), sum.due)
    this.#writeSoon()
  }

  /** Resolves when everything is written, or cannot be. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#writing
    if (this.#due.size > 0) await this.#commit().catch(() => {})
  }

  #sum(account: AiAccount, period: string): Sum {
    const key = `${period} ${account.scope} ${account.isCheaper} ${account.name}`
    const known = this.#cache.get(key)
    if (known) return known
    if (this.#cache.size >= MAX_CACHED) this.#forgetIdle()
    const spent = this.#read({ account, period })
    const sum = { account, period, spent, reserved: ZERO, due: ZERO, isWriting: false }
    this.#cache.set(key, sum)
    return sum
  }

  #forgetIdle(): void {
    for (const [key, sum] of this.#cache) {
      const isIdle = sum.reserved.tokens === 0 && sum.reserved.micros === 0 && !sum.isWriting
      if (isIdle && !this.#due.has(sum)) this.#cache.delete(key)
    }
  }

  #writeSoon(): void {
    this.#writing ??= this.#writeUntilDone().finally(() => (this.#writing = undefined))
  }

  async #writeUntilDone(): Promise<void> {
    const { signal } = this.#closing
    while (this.#due.size > 0 && !signal.aborted) {
      try {
        await this.#commit()
      } catch {
        // the messages of the same time cannot be written either, and their failure is reported
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** Writes what is due, and does `more` in the same transaction. */
  async #commit(more?: () => void): Promise<void> {
    let written: (readonly [Sum, AiAmount])[] = []
    try {
      await this.#queue.writeLater(() => {
        // a busy database lets the transaction run again
        for (const [sum, amount] of written) this.#owe(sum, amount)
        written = [...this.#due].map((sum) => [sum, sum.due] as const)
        this.#due.clear()
        for (const [sum, amount] of written) {
          sum.due = ZERO
          sum.isWriting = true
          this.#add(sum, amount)
        }
        more?.()
      })
    } catch (error) {
      for (const [sum, amount] of written) this.#owe(sum, amount)
      throw error
    } finally {
      for (const [sum] of written) sum.isWriting = false
    }
  }

  #owe(sum: Sum, amount: AiAmount): void {
    sum.due = plus(sum.due, amount)
    this.#due.add(sum)
  }
}

function plus(one: AiAmount, other: AiAmount): AiAmount {
  return { tokens: one.tokens + other.tokens, micros: one.micros + other.micros }
}

export function minus(one: AiAmount, other: AiAmount): AiAmount {
  return { tokens: one.tokens - other.tokens, micros: one.micros - other.micros }
}

/** `2026-11-22` or `2026-11`, in UTC. */
export function periodKey(period: AiUsagePeriod, at: Date): string {
  return at.toISOString().slice(0, period === 'day' ? 10 : 7)
}
