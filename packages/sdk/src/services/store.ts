import type { Awaitable } from '../awaitable.ts'

/**
 * The plugin's own persistent key-value store. Values are JSON. A plugin can have at most 100,000
 * keys and 64 MiB. Every method throws `StoreError` (`store-limit`) when a key is empty, longer
 * than 512 characters, or contains control characters.
 */
export interface Store {
  /** `undefined` when the key is absent or expired. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * @param options.ttlSeconds the value expires after this time; default: never
   * @throws StoreError when the value is not JSON or larger than 1 MiB, or the plugin's store is
   * full
   */
  set(key: string, value: unknown, options?: { readonly ttlSeconds?: number }): Promise<void>
  /** True when the key existed. */
  delete(key: string): Promise<boolean>
  /**
   * Changes a value atomically: no other write can come between reading and writing. `change`
   * receives the value (`undefined` if absent) and returns the new one; `undefined` deletes the
   * key. It may be asynchronous, but must finish within 10 seconds.
   * @param options.ttlSeconds default: the expiry time stays the same
   * @returns the new value
   * @throws StoreError as `set`, and when `change` takes too long; if `change` throws, its error is
   * passed on and nothing changes
   */
  update<T = unknown>(
    key: string,
    change: (current: T | undefined) => Awaitable<T | undefined>,
    options?: { readonly ttlSeconds?: number },
  ): Promise<T | undefined>
  /**
   * Keys in ascending order.
   * @param prefix default: all keys
   * @param options.limit default and maximum: 1,000
   * @param options.after returns keys after this one, for the next page
   */
  list(
    prefix?: string,
    options?: { readonly limit?: number; readonly after?: string },
  ): Promise<readonly string[]>
  /**
   * A separate store that makes room by itself, for journals and histories: when it is full, the
   * values written longest ago are deleted. A plugin can have four, each with at most 500,000 keys
   * and 256 MiB.
   * @example
   * const journal = services.store.rolling('journal')
   * @param name lower case letters, digits and _
   */
  rolling(name: string): Store
  /** A separate store for one chat. Its keys do not appear in the main store. */
  forChat(chatId: number): Store
}
