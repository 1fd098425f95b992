import type { Store } from '@pluggram/sdk'
import { createStore, isChatKey, MemoryStoreBackend } from '@pluggram/services'

/**
 * A store in memory with the limits of the real one. It reads the clock, so fake timers expire its
 * values.
 */
export interface MemoryStore extends Store {
  /** What is stored and has not expired, without the keys of chats and rolling stores. */
  entries(): Readonly<Record<string, unknown>>
  rolling(name: string): MemoryStore
}

export function createMemoryStore(initial: Readonly<Record<string, unknown>> = {}): MemoryStore {
  const backend = new MemoryStoreBackend()
  for (const [key, value] of Object.entries(initial)) {
    void backend.write(key, { json: JSON.stringify(value), expiresAt: null })
  }
  return toMemoryStore(createStore(backend), backend)
}

function toMemoryStore(store: Store, backend: MemoryStoreBackend): MemoryStore {
  const rolling = new Map<string, MemoryStore>()
  return {
    ...store,
    rolling(name) {
      const known = rolling.get(name) ?? toMemoryStore(store.rolling(name), backend.rolling(name))
      rolling.set(name, known)
      return known
    },
    entries: () =>
      Object.fromEntries(
        backend
          .entries()
          .filter(([key]) => !isChatKey(key))
          .map(([key, json]) => [key, JSON.parse(json) as unknown]),
      ),
  }
}
