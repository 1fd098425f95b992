import { LimitError } from '@pluggram/sdk'
import type { RateLimitRule, RateLimitService, RateLimitState } from '@pluggram/sdk'

/** The rate limits of all plugins; they survive a plugin's restart. */
export interface RateLimits {
  forPlugin(plugin: string): RateLimitService
}

export interface RateLimitsOptions {
  /** For each plugin. Default 10,000. */
  readonly maxKeys?: number
  /** Milliseconds on a steady clock; injected by tests. */
  readonly now?: () => number
}

const MAX_KEYS = 10_000
const MAX_KEY_LENGTH = 512
const MAX_POINTS = 1_000_000
const MAX_SECONDS = 86_400

/** Creates rate limits in this process's memory. */
export function createRateLimits(options: RateLimitsOptions = {}): RateLimits {
  const known = new Map<string, RateLimitService>()
  return {
    forPlugin(plugin) {
      const service = known.get(plugin) ?? createRateLimit(options)
      known.set(plugin, service)
      return service
    },
  }
}

/**
 * The generic cell rate algorithm. Each key stores when it is full again: one number, and no
 * timers. A key whose time has passed is deleted.
 */
function createRateLimit({
  maxKeys = MAX_KEYS,
  now = () => performance.now(),
}: RateLimitsOptions): RateLimitService {
  const fullAt = new Map<string, number>()

  /** The bucket of a key, or the shared one when there are too many keys. */
  function bucketOf(key: string, rule: RateLimitRule, time: number): string {
    // each rule counts a key separately
    const bucket = `${rule.points}/${rule.seconds}/${key}`
    if (fullAt.has(bucket) || fullAt.size < maxKeys) return bucket
    for (const [other, at] of fullAt) if (at <= time) fullAt.delete(other)
    return fullAt.size < maxKeys ? bucket : `${rule.points}/${rule.seconds}`
  }

  function take(key: string, rule: RateLimitRule, cost = 1): RateLimitState {
    check(key, rule, cost)
    const time = now()
    const bucket = bucketOf(key, rule, time)
    const interval = (rule.seconds * 1_000) / rule.points
    const burst = rule.seconds * 1_000
    const begin = Math.max(time, fullAt.get(bucket) ?? 0)
    const end = begin + cost * interval
    const isAllowed = end - time <= burst + 1e-6
    if (isAllowed) fullAt.set(bucket, end)
    const used = (isAllowed ? end : begin) - time
    return {
      isAllowed,
      remaining: Math.max(0, Math.floor((burst - used) / interval + 1e-6)),
      retryAfterSeconds: isAllowed ? 0 : (end - time - burst) / 1_000,
    }
  }

  return {
    take: async (key, rule, cost) => take(key, rule, cost),
    async require(key, rule, cost) {
      const { isAllowed, retryAfterSeconds } = take(key, rule, cost)
      if (isAllowed) return
      const wait = Math.ceil(retryAfterSeconds)
      throw new LimitError('rate-limited', `That was too often. Try again in ${wait} s.`, {
        retryAfterSeconds,
      })
    },
  }
}

function check(key: string, rule: RateLimitRule, cost: number): void {
  const { points, seconds } = Object(rule) as Partial<RateLimitRule>
  const isUsable =
    typeof key === 'string' &&
    key.length <= MAX_KEY_LENGTH &&
    isWithin(points, 1, MAX_POINTS) &&
    isWithin(seconds, 0.001, MAX_SECONDS) &&
    isWithin(cost, 0, points)
  if (isUsable) return
  throw new LimitError(
    'rate-limited',
    `A rate limit needs a key of at most ${MAX_KEY_LENGTH} characters, points from 1 to ${MAX_POINTS}, seconds up to ${MAX_SECONDS} and a cost of at most the points.`,
    { isRetryable: false },
  )
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
