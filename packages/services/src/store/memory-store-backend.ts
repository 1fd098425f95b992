import { StoreError } from '@pluggram/sdk'
import { isChatKey } from './store-keys.ts'
import type { StoreBackend, StoredValue } from '@pluggram/sdk/runtime'

/** Keeps one plugin's values in memory, for tests. */
export class MemoryStoreBackend implements StoreBackend {
  readonly #rows = new Map<string, StoredValue>()
  readonly #rolling = new Map<string, MemoryStoreBackend>()
  readonly #now: () => number
  readonly #isRolling: boolean

  constructor(now: () => number = Date.now, isRolling = false) {
    this.#now = now
    this.#isRolling = isRolling
  }

  async read(key: string): Promise<StoredValue | undefined> {
    return this.#find(key)
  }

  async write(key: string, value: StoredValue): Promise<void> {
    this.#rows.set(key, value)
  }

  async remove(key: string): Promise<boolean> {
    const isThere = this.#find(key) !== undefined
    this.#rows.delete(key)
    return isThere
  }

  async keys(prefix: string, after: string, limit: number): Promise<readonly string[]> {
    return this.entries()
      .map(([key]) => key)
      .filter((key) => key.startsWith(prefix) && key > after && (prefix !== '' || !isChatKey(key)))
      .slice(0, limit)
  }

  rolling(name: string): MemoryStoreBackend {
    if (this.#isRolling) throw new StoreError('A rolling store has no rolling stores of its own.')
    const known = this.#rolling.get(name) ?? new MemoryStoreBackend(this.#now, true)
    this.#rolling.set(name, known)
    return known
  }

  /** The entries that have not expired, sorted by key. */
  entries(): readonly (readonly [string, string])[] {
    return [...this.#rows.keys()].toSorted().flatMap((key) => {
      const found = this.#find(key)
      return found ? [[key, found.json] as const] : []
    })
  }

  #find(key: string): StoredValue | undefined {
    const row = this.#rows.get(key)
    if (row && row.expiresAt !== null && row.expiresAt <= this.#now()) this.#rows.delete(key)
    return this.#rows.get(key)
  }
}
