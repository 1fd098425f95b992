/** So many in so much time: the whole number at once, then steadily one after another. */
export interface RateLimitRule {
  /** How many, 1 to 1,000,000. */
  readonly points: number
  /** In how many seconds, up to a day. */
  readonly seconds: number
}

export interface RateLimitState {
  readonly isAllowed: boolean
  /** How many more are allowed now. */
  readonly remaining: number
  /** How long to wait; 0 when it was allowed. */
  readonly retryAfterSeconds: number
}

/**
 * Counts how often something happens, by keys of the plugin's choice: a user, a chat, an address. A
 * plugin has at most 10,000 keys in use; further ones share one count, so that a limit is never
 * exceeded.
 */
export interface RateLimitService {
  /** Takes one (or `cost`) if it is allowed. */
  take(key: string, rule: RateLimitRule, cost?: number): Promise<RateLimitState>
  /**
   * The same for those who want to stop.
   * @throws LimitError `rate-limited` with `retryAfterSeconds`
   */
  require(key: string, rule: RateLimitRule, cost?: number): Promise<void>
}
