import type { Awaitable } from '../awaitable.ts'

/**
 * The plugin's own key-value store; it outlives restarts. Values are JSON. A plugin has at most
 * 100,000 keys and 64 MiB. Every method throws `StoreError` (`store-limit`) when a key is empty,
 * over 512 characters or holds control characters.
 */
export interface Store {
  /** `undefined` when the key is absent or expired. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * @param options.ttlSeconds the value vanishes after that long; default: never
   * @throws StoreError when the value is no JSON or over 1 MiB, or the plugin's store is full
   */
  set(key: string, value: unknown, options?: { readonly ttlSeconds?: number }): Promise<void>
  /** True when there was something to delete. */
  delete(key: string): Promise<boolean>
  /**
   * Changes a value in one step: nobody writes the key between reading and writing. `change` gets
   * the value (`undefined` when there is none) and gives the new one; `undefined` deletes the key.
   * It may be asynchronous, for at most 10 seconds.
   * @param options.ttlSeconds default: the value vanishes when it would have before
   * @returns what is stored now
   * @throws StoreError as `set`, and when `change` takes too long; what `change` throws, and then
   * nothing is changed
   */
  update<T = unknown>(
    key: string,
    change: (current: T | undefined) => Awaitable<T | undefined>,
    options?: { readonly ttlSeconds?: number },
  ): Promise<T | undefined>
  /**
   * Keys in ascending order.
   * @param prefix default: all keys
   * @param options.limit default and most: 1,000
   * @param options.after keys behind this one, for the next page
   */
  list(
    prefix?: string,
    options?: { readonly limit?: number; readonly after?: string },
  ): Promise<readonly string[]>
  /** The part of the store that belongs to one chat; its keys are none of the whole store's. */
  forChat(chatId: number): Store
}
