import { deserialize } from 'node:v8'
import { repeat, withinTime } from '@pluggram/base'
import { DatabaseError, errorMessage } from '@pluggram/sdk'
import type { CacheService } from '@pluggram/sdk'
import type { OutsideConnection } from '../database/outside-database.ts'
import { CacheTable } from './cache-table.ts'
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
import { createCaches } from './caches.ts'
import type { Caches } from './caches.ts'
import { createSingleFlight } from './single-flight.ts'

export interface ServerCachesOptions {
  readonly connection: OutsideConnection
  /** For each plugin, across all instances. Default 10,000. */
  readonly maxEntries?: number
  /** For each plugin, across all instances. Default 8 MiB. */
  readonly maxBytes?: number
  /** Milliseconds on a steady clock; injected by tests. */
  readonly now?: () => number
  /**
   * Called with the error when the server becomes unreachable, and without one when it is back.
   */
  onState(error: DatabaseError | undefined): void
}

/** Caches with a connection to close. */
export interface ServerCaches extends Caches {
  close(): void
}

/**
 * After a failure the server is not asked for this long; this instance caches in memory meanwhile.
 */
const PAUSE_MS = 5_000
const SWEEP_MS = 60_000
const LONGEST_MS = 1_500
/** This instance enforces a plugin's limits again after this many writes. */
const TRIM_ENTRIES = 100
const TRIM_BYTES = 1_048_576

/**
 * Caches on a PostgreSQL server, shared by all assistants that use it. Concurrent calls in one
 * instance create a value once. A plugin may exceed its limits briefly, by a hundred entries or 1
 * MiB an instance. While the server is unreachable each instance caches in memory, so that no call
 * fails because of the cache.
 */
export function createServerCaches(options: ServerCachesOptions): ServerCaches {
  const { connection, onState, now = () => performance.now() } = options
  const bounds = { maxEntries: options.maxEntries ?? MAX_ENTRIES, maxBytes: options.maxBytes ?? MAX_BYTES }
  const table = new CacheTable(connection)
  const known = new Map<string, CacheService>()
  const tell = (error: unknown): void =>
    onState(new DatabaseError('database-query-failed', errorMessage(error)))
  let standIn = createCaches({ ...bounds, now })
  let awayUntil: number | undefined

  async function ask<T>(work: () => Promise<T>, instead: () => Promise<T>): Promise<T> {
    if (awayUntil !== undefined && now() < awayUntil) return instead()
    // only this call probes whether the server is back; the others do not wait
    if (awayUntil !== undefined) awayUntil = now() + PAUSE_MS
    try {
      const result = await inTime(work())
      if (awayUntil !== undefined) {
        awayUntil = undefined
        standIn = createCaches({ ...bounds, now })
        onState(undefined)
      }
      return result
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (awayUntil === undefined) onState(error)
      awayUntil = now() + PAUSE_MS
      return instead()
    }
  }

  function createCache(plugin: string): CacheService {
    const memory = (): CacheService => standIn.forPlugin(plugin)
    const written = { entries: 0, bytes: 0 }

    async function put(key: string, value: Buffer, ttlSeconds: number): Promise<void> {
      const bytes = value.byteLength + 2 * key.length + ENTRY_BYTES
      if (bytes > bounds.maxBytes) throw tooLarge(key)
      await table.put(plugin, key, value, { bytes, ttlSeconds })
      written.entries += 1
      written.bytes += bytes
      if (written.entries < TRIM_ENTRIES && written.bytes < TRIM_BYTES) return
      Object.assign(written, { entries: 0, bytes: 0 })
      await table.trim(plugin, bounds)
    }

    return createSingleFlight({
      get: <T>(key: string) =>
        ask(
          async () => decode<T>(await table.find(plugin, serverKey(key))),
          () => memory().get<T>(key),
        ),
      async set(key, value, { ttlSeconds = DEFAULT_TTL_SECONDS } = {}) {
        const bytes = encode(checkKey(key), value)
        const seconds = checkTtl(ttlSeconds)
        await ask(
          () => put(serverKey(key), bytes, seconds),
          () => memory().set(key, value, { ttlSeconds: seconds }),
        )
      },
      delete: (key) =>
        ask(
          () => table.remove(plugin, serverKey(key)),
          () => memory().delete(key),
        ),
    })
  }

  const sweeping = repeat(() => ask(() => table.sweep(), nothing), { everyMs: SWEEP_MS, onError: tell })
  return {
    forPlugin(plugin) {
      const cache = known.get(plugin) ?? createCache(plugin)
      known.set(plugin, cache)
      return cache
    },
    close: () => void sweeping.stop(),
  }
}

/**
 * PostgreSQL's text allows no NUL and no lone surrogates, so such keys, and those with a backslash,
 * are escaped.
 */
function serverKey(key: string): string {
  checkKey(key)
  return key.isWellFormed() && !key.includes('\0') && !key.includes('\\') ? key : JSON.stringify(key)
}

async function nothing(): Promise<void> {}

/** @throws DatabaseError when the cache is too slow to be useful */
function inTime<T>(work: Promise<T>): Promise<T> {
  return withinTime(work, LONGEST_MS, () => {
    throw new DatabaseError('database-timeout', 'The cache server does not answer.')
  })
}

/** A value of another version that cannot be read counts as missing. */
function decode<T>(bytes: Uint8Array | undefined): T | undefined {
  if (bytes === undefined) return undefined
  try {
    return deserialize(bytes) as T
  } catch {
    return undefined
  }
}
