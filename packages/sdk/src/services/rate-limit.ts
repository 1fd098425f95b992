/** A token bucket: a burst of all `points` is allowed, then they refill steadily over `seconds`. */
export interface RateLimitRule {
  /** Number of points, 1 to 1,000,000. */
  readonly points: number
  /** Time to refill all points, at most a day. */
  readonly seconds: number
}

export interface RateLimitState {
  readonly isAllowed: boolean
  /** Points left now. */
  readonly remaining: number
  /** How long to wait before trying again; 0 when allowed. */
  readonly retryAfterSeconds: number
}

/**
 * Limits how often something happens per key, such as a user, a chat or an address. A plugin can
 * have at most 10,000 active keys. Further keys share one count, so that no limit is exceeded.
 */
export interface RateLimitService {
  /** Takes one point (or `cost`) if available. */
  take(key: string, rule: RateLimitRule, cost?: number): Promise<RateLimitState>
  /**
   * Like `take`, but throws when it is not allowed.
   * @throws LimitError `rate-limited` with `retryAfterSeconds`
   */
  require(key: string, rule: RateLimitRule, cost?: number): Promise<void>
}
