/** What usage is counted for. */
export type AiUsageScope = 'overall' | 'plugin' | 'chat' | 'user'

/** Days and months in UTC. */
export type AiUsagePeriod = 'day' | 'month'

/** The usage of one scope in one period, with its limits. */
export interface AiUsageLine {
  readonly scope: AiUsageScope
  readonly period: AiUsagePeriod
  readonly tokens: number
  readonly money: number
  /**
   * The part of both used by the cheaper model of `ai.at_limit`. It has its own limits, equally
   * high.
   */
  readonly cheaper?: { readonly tokens: number; readonly money: number }
  /** Absent when the owner set no limit. */
  readonly tokenLimit?: number
  readonly moneyLimit?: number
  /** When the counters reset. */
  readonly endsAt: Date
}

/** Usage, including the amounts reserved for running requests. */
export interface AiUsageReport {
  /** The currency of all amounts, for example `USD`. */
  readonly currency: string
  readonly lines: readonly AiUsageLine[]
}
