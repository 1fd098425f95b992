/** A stored value: JSON text, and its expiry time in milliseconds since 1970. */
export interface StoredValue {
  readonly json: string
  readonly expiresAt: number | null
}

/** Storage for one plugin's keys and values, which are already validated. */
export interface StoreBackend {
  /** `undefined` when the key is absent or expired. */
  read(key: string): Promise<StoredValue | undefined>
  /** @throws StoreError when the plugin's store is full */
  write(key: string, value: StoredValue): Promise<void>
  /** Whether the key existed. */
  remove(key: string): Promise<boolean>
  /** Keys that start with `prefix` and come after `after`, ascending, without expired ones. */
  keys(prefix: string, after: string, limit: number): Promise<readonly string[]>
  /**
   * Separate storage that makes room by itself; the name is validated.
   * @throws StoreError when this is one already
   */
  rolling(name: string): StoreBackend
}
