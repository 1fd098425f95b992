/** The plugin's own key-value store; it outlives restarts. Values are JSON. */
export interface Store {
  /** `undefined` when the key is absent or expired. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * @param options.ttlSeconds the value vanishes after that long; default: never
   * @throws StoreError when the key is empty or over 512 characters, or the value is no JSON or over 1 MiB
   */
  set(key: string, value: unknown, options?: { readonly ttlSeconds?: number }): Promise<void>
  /** True when there was something to delete. */
  delete(key: string): Promise<boolean>
}
