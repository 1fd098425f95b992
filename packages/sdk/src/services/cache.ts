import type { Awaitable } from '../awaitable.ts'

/**
 * Values that may be forgotten: in memory, at most 8 MiB and 10,000 entries of a plugin; the least
 * used go first. Values are copied as `structuredClone` does.
 */
export interface CacheService {
  /** `undefined` when there is none, or no more. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * @param options.ttlSeconds default 300, at most a day
   * @throws LimitError `cache-limit` when the key is over 512 characters, or the value is over 1
   * MiB or cannot be copied
   */
  set(key: string, value: unknown, options?: CacheOptions): Promise<void>
  /** True when there was something to delete. */
  delete(key: string): Promise<boolean>
  /**
   * The value, which `create` makes when there is none. While it is being made, everyone who asks
   * for the key waits for it: `create` runs once. What it throws is not kept; `undefined` is not
   * either.
   */
  wrap<T>(key: string, options: CacheOptions, create: () => Awaitable<T>): Promise<T>
}

export interface CacheOptions {
  readonly ttlSeconds?: number
}
