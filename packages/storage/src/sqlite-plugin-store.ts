import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '@pluggram/sdk'
import type { Store } from '@pluggram/sdk'

const MAX_KEY_LENGTH = 512
const MAX_VALUE_BYTES = 1_048_576

/** Gives each plugin its own part of one table. */
export interface PluginStores {
  /** The store of one plugin; it sees no other plugin's keys. */
  forPlugin(plugin: string): Store
  /** Deletes what has expired; reading never returns expired values anyway. */
  deleteExpired(): void
}

/** @param now milliseconds since 1970; injected by tests */
export function createSqlitePluginStores(database: DatabaseSync, now: () => number = Date.now): PluginStores {
  const select = database.prepare('SELECT value, expires_at FROM plugin_store WHERE plugin = ? AND key = ?')
  const upsert = database.prepare(
    'INSERT INTO plugin_store (plugin, key, value, expires_at) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at',
  )
  const remove = database.prepare('DELETE FROM plugin_store WHERE plugin = ? AND key = ?')
  const expire = database.prepare('DELETE FROM plugin_store WHERE expires_at <= ?')

  function forPlugin(plugin: string): Store {
    return {
      async get<T>(key: string): Promise<T | undefined> {
        checkKey(key)
        const row = select.get(plugin, key)
        if (!row || (row.expires_at !== null && Number(row.expires_at) <= now())) return undefined
        return JSON.parse(String(row.value)) as T
      },
      async set(key, value, options) {
        checkKey(key)
        upsert.run(plugin, key, encode(key, value), expiry(options?.ttlSeconds, now()))
      },
      async delete(key) {
        checkKey(key)
        return Number(remove.run(plugin, key).changes) > 0
      },
    }
  }
  return { forPlugin, deleteExpired: () => void expire.run(now()) }
}

function checkKey(key: string): void {
  if (typeof key !== 'string' || key.length === 0 || key.length > MAX_KEY_LENGTH) {
    throw new StoreError(`A store key must be text of 1 to ${MAX_KEY_LENGTH} characters.`)
  }
}

function encode(key: string, value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw new StoreError(`The value for "${key}" is no JSON: ${(error as Error).message}`)
  }
  if (text === undefined) {
    throw new StoreError(`The value for "${key}" is no JSON (${typeof value}); use delete to remove a key.`)
  }
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES) {
    throw new StoreError(`The value for "${key}" is over 1 MiB; split it over several keys.`)
  }
  return text
}

function expiry(ttlSeconds: number | undefined, now: number): number | null {
  if (ttlSeconds === undefined) return null
  if (!Number.isFinite(ttlSeconds) || ttlSeconds <= 0) {
    throw new StoreError('ttlSeconds must be a positive number of seconds.')
  }
  return Math.ceil(now + ttlSeconds * 1_000)
}
