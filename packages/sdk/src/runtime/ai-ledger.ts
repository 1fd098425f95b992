import type { AiUsagePeriod, AiUsageScope } from '../ai-usage.ts'

/** An account that usage is counted for. */
export interface AiAccount {
  readonly scope: AiUsageScope
  /** The user's or chat's id, or the plugin's name; '' for the overall account. */
  readonly name: string
  /** True for usage of the cheaper model after a budget is used up, which is counted separately. */
  readonly isCheaper: boolean
}

export interface AiAmount {
  readonly tokens: number
  /** Millionths of the currency unit: integers, so that sums are exact. */
  readonly micros: number
}

/** An account's limits for a period. An absent member means no limit. */
export interface AiLimit {
  readonly account: AiAccount
  readonly period: AiUsagePeriod
  readonly tokens?: number
  readonly micros?: number
}

/** A call that is about to begin. */
export interface AiReservationRequest {
  readonly accounts: readonly AiAccount[]
  readonly limits: readonly AiLimit[]
  /** The most that it can use. */
  readonly most: AiAmount
  /** The part of it that is certain once the call begins. */
  readonly known: AiAmount
  readonly at: Date
}

/**
 * Counts model usage. Counting is synchronous and never fails; the sums are written to disk soon
 * after, so that they survive restarts.
 */
export interface AiLedger {
  /**
   * Adds `most` to the accounts unless one of the limits is already reached. So the last call may
   * exceed a limit, by at most its own amount. Check and addition are atomic.
   * @returns the id of the reservation, or the limit that is reached
   */
  reserve(request: AiReservationRequest): { readonly id: number } | { readonly reached: AiLimit }
  /** What a call is known to have used so far. It counts if the program ends before `settle`. */
  note(id: number, known: AiAmount): void
  /** Replaces a reservation with the actual usage. */
  settle(id: number, amount: AiAmount): void
  /** An account's usage in the period that contains `at`, including reservations. */
  used(account: AiAccount, period: AiUsagePeriod, at: Date): AiAmount
  /** The model chosen for a chat or user. */
  choice(kind: 'chat' | 'user', id: number): string | undefined
  /** Resolves when the choice is on disk. */
  choose(kind: 'chat' | 'user', id: number, model: string | null): Promise<void>
  /**
   * A group became a supergroup: moves its usage, open reservations and chosen model to the new id.
   */
  moveChat(from: number, to: number): Promise<void>
}
