import type { Awaitable } from '../awaitable.ts'

/**
 * An in-memory cache of at most 8 MiB and 10,000 entries per plugin; the least recently used are
 * evicted. Values are copied with `structuredClone`.
 */
export interface CacheService {
  /** `undefined` when the key is absent, expired or evicted. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * @param options.ttlSeconds default 300, at most a day
   * @throws LimitError `cache-limit` when the key is longer than 512 characters, or the value is
   * larger than 1 MiB or cannot be copied
   */
  set(key: string, value: unknown, options?: CacheOptions): Promise<void>
  /** True when the key existed. */
  delete(key: string): Promise<boolean>
  /**
   * Returns the cached value, or calls `create` and caches its result. Concurrent calls for a key
   * share one run of `create`. Errors and `undefined` are not cached.
   */
  wrap<T>(key: string, options: CacheOptions, create: () => Awaitable<T>): Promise<T>
}

export interface CacheOptions {
  readonly ttlSeconds?: number
}
