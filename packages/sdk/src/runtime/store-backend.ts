/** A value as it is stored: JSON text, and when it vanishes, in milliseconds since 1970. */
export interface StoredValue {
  readonly json: string
  readonly expiresAt: number | null
}

/** Where one plugin's keys and values are kept. Keys and values were checked. */
export interface StoreBackend {
  /** Nothing when there is none or it is expired. */
  read(key: string): Promise<StoredValue | undefined>
  /** @throws StoreError when the plugin's store is full */
  write(key: string, value: StoredValue): Promise<void>
  /** Whether there was something. */
  remove(key: string): Promise<boolean>
  /** Keys that begin with `prefix`, ascending, behind `after`; expired ones are none. */
  keys(prefix: string, after: string, limit: number): Promise<readonly string[]>
}
