import type { Store } from '@pluggram/sdk'
import { createStore, isChatKey, MemoryStoreBackend } from '@pluggram/services'

/**
 * A store in memory with the limits of the real one. It reads the clock, so fake timers expire its
 * values.
 */
export interface MemoryStore extends Store {
  /** What is stored and has not expired, without the keys of chats. */
  entries(): Readonly<Record<string, unknown>>
}

export function createMemoryStore(initial: Readonly<Record<string, unknown>> = {}): MemoryStore {
  const backend = new MemoryStoreBackend()
  for (const [key, value] of Object.entries(initial)) {
    void backend.write(key, { json: JSON.stringify(value), expiresAt: null })
  }
  return Object.assign(createStore(backend), {
    entries: () =>
      Object.fromEntries(
        backend
          .entries()
          .filter(([key]) => !isChatKey(key))
          .map(([key, json]) => [key, JSON.parse(json) as unknown]),
      ),
  })
}
