import { deserialize } from 'node:v8'
import type { CacheService } from '@pluggram/sdk'
import { LRUCache } from 'lru-cache'
import {
  checkKey,
  checkTtl,
  DEFAULT_TTL_SECONDS,
  encode,
  ENTRY_BYTES,
  MAX_BYTES,
  MAX_ENTRIES,
  tooLarge,
} from './cache-values.ts'
import { createSingleFlight } from './single-flight.ts'

/** The caches of all plugins; a plugin's cache survives its restart. */
export interface Caches {
  forPlugin(plugin: string): CacheService
}

export interface CachesOptions {
  /** For each plugin. Default 10,000. */
  readonly maxEntries?: number
  /** For each plugin, keys and values together. Default 8 MiB. */
  readonly maxBytes?: number
  /** Milliseconds on a steady clock; injected by tests. */
  readonly now?: () => number
}

interface Entry {
  readonly bytes: Buffer
  readonly expiresAt: number
}

/** Creates caches in this process's memory. */
export function createCaches(options: CachesOptions = {}): Caches {
  const known = new Map<string, CacheService>()
  return {
    forPlugin(plugin) {
      const cache = known.get(plugin) ?? createCache(options)
      known.set(plugin, cache)
      return cache
    },
  }
}

function createCache({
  maxEntries = MAX_ENTRIES,
  maxBytes = MAX_BYTES,
  now = () => performance.now(),
}: CachesOptions): CacheService {
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ bytes }, key) => bytes.byteLength + 2 * key.length + ENTRY_BYTES,
  })

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(checkKey(key))
    if (entry && entry.expiresAt <= now()) entries.delete(key)
    return entry && entry.expiresAt > now() ? entry : undefined
  }
  return createSingleFlight({
    async get<T>(key: string): Promise<T | undefined> {
      const entry = find(key)
      return entry && (deserialize(entry.bytes) as T)
    },
    async set(key, value, { ttlSeconds = DEFAULT_TTL_SECONDS } = {}) {
      const bytes = encode(checkKey(key), value)
      if (bytes.byteLength + 2 * key.length + ENTRY_BYTES > maxBytes) throw tooLarge(key)
      entries.set(key, { bytes, expiresAt: now() + checkTtl(ttlSeconds) * 1_000 })
    },
    async delete(key) {
      const isThere = find(key) !== undefined
      entries.delete(key)
      return isThere
    },
  })
}
