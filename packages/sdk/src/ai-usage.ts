/** Whose use is counted. */
export type AiUsageScope = 'overall' | 'plugin' | 'chat' | 'user'

/** Days and months of UTC. */
export type AiUsagePeriod = 'day' | 'month'

/** What one scope used in one period, with its limits. */
export interface AiUsageLine {
  readonly scope: AiUsageScope
  readonly period: AiUsagePeriod
  readonly tokens: number
  readonly money: number
  /**
   * The part of both that the cheaper model of `ai.at_limit` took, which has limits of its own of
   * the same height.
   */
  readonly cheaper?: { readonly tokens: number; readonly money: number }
  /** Absent where the owner set no limit. */
  readonly tokenLimit?: number
  readonly moneyLimit?: number
  /** When counting starts anew. */
  readonly endsAt: Date
}

/** What was used, requests under way included with what is reserved for them. */
export interface AiUsageReport {
  /** Of all money here, for example `USD`. */
  readonly currency: string
  readonly lines: readonly AiUsageLine[]
}
