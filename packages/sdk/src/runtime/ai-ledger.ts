import type { AiUsagePeriod, AiUsageScope } from '../ai-usage.ts'

/** Whose use is counted together. */
export interface AiAccount {
  readonly scope: AiUsageScope
  /** The user's or chat's number, the plugin's name; '' overall. */
  readonly name: string
  /**
   * True for what the cheaper model took after a budget was used up: that has an account of its
   * own.
   */
  readonly isCheaper: boolean
}

export interface AiAmount {
  readonly tokens: number
  /** Millionths of the currency's unit: sums of them stay exact. */
  readonly micros: number
}

/** What an account may use in a period; a member that is absent limits nothing. */
export interface AiLimit {
  readonly account: AiAccount
  readonly period: AiUsagePeriod
  readonly tokens?: number
  readonly micros?: number
}

/** Counts what models take. It is on disk, so that a restart forgets nothing. */
export interface AiLedger {
  /**
   * Adds `amount` to the accounts unless one of the limits is reached already: the last call before
   * a limit may pass it, by no more than itself. Nobody comes between the check and the addition.
   * @returns the number of the reservation, or the limit that is reached
   */
  reserve(
    accounts: readonly AiAccount[],
    limits: readonly AiLimit[],
    amount: AiAmount,
    at: Date,
  ): { readonly id: number } | { readonly reached: AiLimit }
  /** Adds what was used without having been reserved. */
  record(accounts: readonly AiAccount[], amount: AiAmount, at: Date): void
  /** Puts what was really used in the place of a reservation. */
  settle(id: number, amount: AiAmount): void
  /** What an account used in the period around `at`, reservations included. */
  used(account: AiAccount, period: AiUsagePeriod, at: Date): AiAmount
  /** The model chosen for a chat or user. */
  choice(kind: 'chat' | 'user', id: number): string | undefined
  choose(kind: 'chat' | 'user', id: number, model: string | null): void
  /**
   * A group became a supergroup: its use, its open reservations and its model go on under the new
   * id.
   */
  moveChat(from: number, to: number): void
}
