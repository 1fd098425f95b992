import { StoreError } from '@pluggram/sdk'
import type { StoreBackend } from '@pluggram/sdk/runtime'
import { CommitQueue } from './commit-queue.ts'
import type { WriteLog } from './write-log.ts'

/** Gives each plugin its own part of a shared table. */
export interface PluginStores {
  /** The values of one plugin, isolated from those of others. */
  forPlugin(plugin: string): StoreBackend
  /**
   * Renames all plugins' keys with the prefix `from` to the prefix `to`. Values that already exist
   * under the new key stay.
   */
  movePrefix(from: string, to: string): Promise<void>
  /** Deletes expired values. Reads never return them in any case. */
  deleteExpired(): Promise<void>
  /** Resolves when all writes are complete. */
  close(): Promise<void>
}

export interface PluginStoresOptions {
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
  /** For each plugin. Default 100,000. */
  readonly maxKeys?: number
  /** For each plugin, keys and values together. Default 64 MiB. */
  readonly maxBytes?: number
}

const MAX_KEYS = 100_000
const MAX_BYTES = 64 * 1_048_576
/** Appended to a prefix, it sorts after every key with that prefix. */
const LAST_CHARACTER = '\u{10ffff}'
const FIRST_OWN_KEY = ' '

/** How much a plugin stores. */
interface Usage {
  keys: number
  bytes: number
}

/** Stores plugins' values in SQLite. Simultaneous writes share a commit. */
export function createSqlitePluginStores(log: WriteLog, options: PluginStoresOptions = {}): PluginStores {
  const database = log.connection
  const { now = Date.now, maxKeys = MAX_KEYS, maxBytes = MAX_BYTES } = options
  const commits = new CommitQueue(log)
  const size = 'length(CAST(key AS BLOB)) + length(CAST(value AS BLOB))'
  const select = database.prepare('SELECT value, expires_at FROM plugin_store WHERE plugin = ? AND key = ?')
  const selectSize = database.prepare(`SELECT ${size} AS size FROM plugin_store WHERE plugin = ? AND key = ?`)
  const selectUsage = database.prepare(
    `SELECT count(*) AS keys, coalesce(sum(${size}), 0) AS bytes FROM plugin_store WHERE plugin = ?`,
  )
  const selectKeys = database.prepare(
    'SELECT key FROM plugin_store WHERE plugin = ? AND key >= ? AND key < ? AND key > ? ' +
      'AND (expires_at IS NULL OR expires_at > ?) ORDER BY key LIMIT ?',
  )
  const upsert = database.prepare(
    'INSERT INTO plugin_store (plugin, key, value, expires_at) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at',
  )
  const removeOne = database.prepare('DELETE FROM plugin_store WHERE plugin = ? AND key = ?')
  const move = database.prepare(
    'UPDATE OR IGNORE plugin_store SET key = ? || substr(key, ?) WHERE key >= ? AND key < ?',
  )
  const expire = database.prepare('DELETE FROM plugin_store WHERE expires_at <= ?')
  const expireOwn = database.prepare('DELETE FROM plugin_store WHERE plugin = ? AND expires_at <= ?')

  function measure(plugin: string): Usage {
    const row = selectUsage.get(plugin)
    return { keys: Number(row?.keys ?? 0), bytes: Number(row?.bytes ?? 0) }
  }

  function forPlugin(plugin: string): StoreBackend {
    let usage: Usage | undefined
    const sizeOf = (key: string): number => Number(selectSize.get(plugin, key)?.size ?? 0)

    async function commit<T>(job: () => T): Promise<T> {
      try {
        return await commits.write(job)
      } catch (error) {
        // the whole group was rolled back, so the counts are wrong
        usage = undefined
        throw error
      }
    }

    function makeRoom(before: number, after: number): void {
      usage ??= measure(plugin)
      const fits = (): boolean =>
        usage !== undefined &&
        usage.keys + (before === 0 ? 1 : 0) <= maxKeys &&
        usage.bytes - before + after <= maxBytes
      if (fits() || after <= before) return
      // expired values count until they are deleted
      expireOwn.run(plugin, now())
      usage = measure(plugin)
      if (fits()) return
      throw new StoreError(
        `The store of plugin ${plugin} is full: at most ${maxKeys} keys and ${Math.round(maxBytes / 1_048_576)} MiB. Delete what is old, or give values a ttlSeconds.`,
      )
    }

    return {
      async read(key) {
        const row = select.get(plugin, key)
        if (!row) return undefined
        const expiresAt = row.expires_at === null ? null : Number(row.expires_at)
        if (expiresAt !== null && expiresAt <= now()) return undefined
        return { json: String(row.value), expiresAt }
      },
      async write(key, { json, expiresAt }) {
        // a refusal must not roll back the other writes of the commit
        const refusal = await commit(() => {
          const before = sizeOf(key)
          const after = Buffer.byteLength(key) + Buffer.byteLength(json)
          try {
            makeRoom(before, after)
          } catch (error) {
            return error
          }
          upsert.run(plugin, key, json, expiresAt)
          if (!usage) return undefined
          if (before === 0) usage.keys += 1
          usage.bytes += after - before
          return undefined
        })
        if (refusal !== undefined) throw refusal
      },
      remove: (key) =>
        commit(() => {
          const before = sizeOf(key)
          const isThere = before > 0 && !isExpired(key)
          removeOne.run(plugin, key)
          if (usage && before > 0) {
            usage.keys -= 1
            usage.bytes -= before
          }
          return isThere
        }),
      async keys(prefix, after, limit) {
        const from = prefix === '' ? FIRST_OWN_KEY : prefix
        const rows = selectKeys.all(plugin, from, prefix + LAST_CHARACTER, after, now(), limit)
        return rows.map(({ key }) => String(key))
      },
    }

    function isExpired(key: string): boolean {
      const expiresAt = select.get(plugin, key)?.expires_at
      return expiresAt !== null && expiresAt !== undefined && Number(expiresAt) <= now()
    }
  }
  return {
    forPlugin,
    async movePrefix(from, to) {
      await commits.write(() => move.run(to, from.length + 1, from, from + LAST_CHARACTER))
    },
    async deleteExpired() {
      await commits.writeLight(() => expire.run(now()))
    },
    close: () => commits.close(),
  }
}
