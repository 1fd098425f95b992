import { setImmediate } from 'node:timers/promises'
import { StoreError } from '@pluggram/sdk'
import type { StoreBackend } from '@pluggram/sdk/runtime'
import { CommitQueue } from './commit-queue.ts'
import { StoreTable } from './store-table.ts'
import type { StoreSize } from './store-table.ts'
import type { WriteLog } from './write-log.ts'

/** A store that has little room left. */
export interface NearlyFullStore {
  readonly plugin: string
  /** How much of it is used, in percent. */
  readonly percent: number
}

/** Gives each plugin its own part of a shared table. */
export interface PluginStores {
  /** The values of one plugin, isolated from those of others. */
  forPlugin(plugin: string): StoreBackend
  /**
   * Renames all plugins' keys with the prefix `from` to the prefix `to`. Values that already exist
   * under the new key stay.
   */
  movePrefix(from: string, to: string): Promise<void>
  /**
   * Deletes expired values, in slices between which others write. Reads never return them in any
   * case. Measures stores that were not used yet.
   */
  tidy(): Promise<void>
  /** Stores of which 80 % or more is used, as far as they were used or measured. */
  nearlyFull(): readonly NearlyFullStore[]
  /** Resolves when all writes are complete. */
  close(): Promise<void>
}

export interface PluginStoresOptions {
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
  /** For each plugin. Default 100,000 keys and 64 MiB. */
  readonly limit?: StoreSize
  /** For each rolling store. Default 500,000 keys and 256 MiB. */
  readonly rollingLimit?: StoreSize
  /** Called once for each store that becomes nearly full. */
  onNearlyFull?(store: NearlyFullStore): void
}

const MEBIBYTE = 1_048_576
const LIMIT = { keys: 100_000, bytes: 64 * MEBIBYTE }
const ROLLING_LIMIT = { keys: 500_000, bytes: 256 * MEBIBYTE }
const NEARLY_FULL_PERCENT = 80

/** Stores plugins' values in SQLite. Simultaneous writes share a commit. */
export function createSqlitePluginStores(log: WriteLog, options: PluginStoresOptions = {}): PluginStores {
  const { now = Date.now, limit = LIMIT, rollingLimit = ROLLING_LIMIT, onNearlyFull } = options
  const commits = new CommitQueue(log)
  const nearlyFull = new Map<string, NearlyFullStore>()
  const fixed = new StoreTable(commits, { table: 'plugin_store', limit, now, onGrowth: judge })
  const rolling = new StoreTable(commits, { table: 'rolling_store', limit: rollingLimit, now })
  const closing = new AbortController()
  let tidying: Promise<void> = Promise.resolve()

  function judge(plugin: string, { keys, bytes }: StoreSize): void {
    const percent = Math.floor(100 * Math.max(keys / limit.keys, bytes / limit.bytes))
    if (percent < NEARLY_FULL_PERCENT) return void nearlyFull.delete(plugin)
    const store = { plugin, percent }
    if (!nearlyFull.has(plugin)) onNearlyFull?.(store)
    nearlyFull.set(plugin, store)
  }

  async function tidy(): Promise<void> {
    for (const table of [fixed, rolling])
      while (!closing.signal.aborted && (await table.deleteSomeExpired())) await setImmediate()
    for (const owner of closing.signal.aborted ? [] : fixed.owners()) {
      await setImmediate()
      if (!closing.signal.aborted) judge(owner, fixed.sizeOf(owner))
    }
  }

  return {
    forPlugin: (plugin) => ({
      ...backendOf(fixed, plugin, `The store of plugin ${plugin}`),
      rolling: (name) => backendOf(rolling, `${plugin}/${name}`, `The store ${name} of plugin ${plugin}`),
    }),
    async movePrefix(from, to) {
      await Promise.all([fixed.movePrefix(from, to), rolling.movePrefix(from, to)])
    },
    tidy: () => (tidying = tidy()),
    nearlyFull: () => [...nearlyFull.values()],
    async close() {
      closing.abort()
      await tidying.catch(() => {})
      await commits.close()
    },
  }
}

function backendOf(table: StoreTable, owner: string, title: string): StoreBackend {
  return {
    read: (key) => table.read(owner, key),
    async write(key, value) {
      if (await table.write(owner, key, value)) return
      const { keys, bytes } = table.limit
      throw new StoreError(
        `${title} is full: at most ${keys} keys and ${Math.round(bytes / MEBIBYTE)} MiB. Delete what is old, or give values a ttlSeconds.`,
      )
    },
    remove: (key) => table.remove(owner, key),
    keys: (prefix, after, limit) => table.keys(owner, prefix, after, limit),
    rolling() {
      throw new StoreError('A rolling store has no rolling stores of its own.')
    },
  }
}
