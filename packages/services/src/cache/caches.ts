import { deserialize, serialize } from 'node:v8'
import { LimitError } from '@pluggram/sdk'
import type { CacheService } from '@pluggram/sdk'
import { LRUCache } from 'lru-cache'
import { createSingleFlight } from './single-flight.ts'

/** The caches of all plugins; a plugin that is started anew finds what it had. */
export interface Caches {
  forPlugin(plugin: string): CacheService
}

export interface CachesOptions {
  /** Of one plugin. Default 10,000. */
  readonly maxEntries?: number
  /** Of one plugin, keys and values together. Default 8 MiB. */
  readonly maxBytes?: number
  /** Milliseconds on a steady clock; injected by tests. */
  readonly now?: () => number
}

interface Entry {
  readonly bytes: Buffer
  readonly expiresAt: number
}

const MAX_ENTRIES = 10_000
const MAX_BYTES = 8 * 1_048_576
const MAX_VALUE_BYTES = 1_048_576
const MAX_KEY_LENGTH = 512
const DEFAULT_TTL_SECONDS = 300
const MAX_TTL_SECONDS = 86_400
/** What an entry takes besides its key and value. */
const ENTRY_BYTES = 100

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

function encode(key: string, value: unknown): Buffer {
  let bytes: Buffer
  try {
    bytes = serialize(value)
  } catch (error) {
    throw new LimitError(
      'cache-limit',
      `The value for "${key}" cannot be copied: ${(error as Error).message}`,
      {
        isRetryable: false,
      },
    )
  }
  if (bytes.byteLength > MAX_VALUE_BYTES) throw tooLarge(key)
  return bytes
}

function tooLarge(key: string): LimitError {
  return new LimitError('cache-limit', `The value for "${key}" is over 1 MiB; cache smaller parts.`, {
    isRetryable: false,
  })
}

function checkKey(key: string): string {
  if (typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH) return key
  throw new LimitError('cache-limit', `A cache key must be text of 1 to ${MAX_KEY_LENGTH} characters.`, {
    isRetryable: false,
  })
}

function checkTtl(seconds: number): number {
  if (Number.isFinite(seconds) && seconds > 0) return Math.min(seconds, MAX_TTL_SECONDS)
  throw new LimitError('cache-limit', 'ttlSeconds must be a positive number of seconds.', {
    isRetryable: false,
  })
}
