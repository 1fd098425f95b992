import type { DatabaseSync } from 'node:sqlite'
import type { StoredValue } from '@pluggram/sdk/runtime'
import type { CommitQueue } from './commit-queue.ts'

/** How much one owner may store, or stores. */
export interface StoreSize {
  readonly keys: number
  /** Keys and values together. */
  readonly bytes: number
}

export interface StoreTableOptions {
  /** In `rolling_store`, what was written longest ago makes room for the new. */
  readonly table: 'plugin_store' | 'rolling_store'
  /** For each owner. */
  readonly limit: StoreSize
  /** Milliseconds since 1970. */
  now(): number
  /** Called after the first write of each owner, and whenever much was added. */
  onGrowth?(owner: string, size: StoreSize): void
}

/** How many rows one transaction deletes on the side; more would block the event loop. */
const SLICE = 200
/** Appended to a prefix, it sorts after every key with that prefix. */
const LAST_CHARACTER = '\u{10ffff}'
const FIRST_OWN_KEY = ' '

/**
 * A table of values by owner and key. How much each owner stores is measured once and counted from
 * then on.
 */
export class StoreTable {
  readonly limit: StoreSize
  readonly #commits: CommitQueue
  readonly #options: StoreTableOptions
  readonly #sql: Statements
  readonly #sizes = new Map<string, { keys: number; bytes: number }>()

  constructor(commits: CommitQueue, options: StoreTableOptions) {
    this.limit = options.limit
    this.#commits = commits
    this.#options = options
    this.#sql = prepare(commits.connection, options.table)
  }

  /** How much an owner stores, with what has expired and is not deleted yet. */
  sizeOf(owner: string): StoreSize {
    return this.#size(owner)
  }

  /** The owners that store something. */
  owners(): readonly string[] {
    return this.#sql.owners.all().map(({ owner }) => String(owner))
  }

  async read(owner: string, key: string): Promise<StoredValue | undefined> {
    const row = this.#sql.select.get(owner, key)
    if (!row) return undefined
    const expiresAt = row.expires_at === null ? null : Number(row.expires_at)
    if (expiresAt !== null && expiresAt <= this.#options.now()) return undefined
    return { json: String(row.value), expiresAt }
  }

  /** @returns false when the owner's part is full; nothing is then written */
  async write(owner: string, key: string, { json, expiresAt }: StoredValue): Promise<boolean> {
    const after = Buffer.byteLength(key) + Buffer.byteLength(json)
    const isWritten = await this.#commit(() => {
      const before = this.#bytesOf(owner, key)
      if (after > before && !this.#hasRoom(owner, before, after)) return false
      this.#sql.upsert.run(owner, key, json, expiresAt, this.#options.now())
      this.#count(owner, before === 0 ? 1 : 0, after - before)
      return true
    })
    if (isWritten) this.#options.onGrowth?.(owner, this.#size(owner))
    return isWritten
  }

  /** @returns whether the key existed */
  remove(owner: string, key: string): Promise<boolean> {
    return this.#commit(() => {
      const before = this.#bytesOf(owner, key)
      if (before === 0) return false
      const expiresAt = this.#sql.select.get(owner, key)?.expires_at ?? null
      this.#sql.remove.run(owner, key)
      this.#count(owner, -1, -before)
      return expiresAt === null || Number(expiresAt) > this.#options.now()
    })
  }

  async keys(owner: string, prefix: string, after: string, limit: number): Promise<readonly string[]> {
    const from = prefix === '' ? FIRST_OWN_KEY : prefix
    const rows = this.#sql.keys.all(owner, from, prefix + LAST_CHARACTER, after, this.#options.now(), limit)
    return rows.map(({ key }) => String(key))
  }

  /** Renames keys of all owners; values under the new key stay. */
  movePrefix(from: string, to: string): Promise<unknown> {
    return this.#commit(() => {
      this.#sql.move.run(to, from.length + 1, from, from + LAST_CHARACTER)
      this.#sizes.clear()
    })
  }

  /** Deletes some expired values. @returns whether there may be more */
  async deleteSomeExpired(): Promise<boolean> {
    const work = (): number => this.#drop(this.#sql.expire.all(this.#options.now(), SLICE))
    return (await this.#keepingCount(() => this.#commits.writeLight(work))) === SLICE
  }

  #commit<T>(job: () => T): Promise<T> {
    return this.#keepingCount(() => this.#commits.write(job))
  }

  async #keepingCount<T>(commit: () => Promise<T>): Promise<T> {
    try {
      return await commit()
    } catch (error) {
      // the whole group was rolled back, so the counts are wrong
      this.#sizes.clear()
      throw error
    }
  }

  #hasRoom(owner: string, before: number, after: number): boolean {
    const { keys, bytes } = this.limit
    const fits = (): boolean => {
      const size = this.#size(owner)
      return size.keys + (before === 0 ? 1 : 0) <= keys && size.bytes - before + after <= bytes
    }
    while (!fits()) if (this.#makeRoom(owner) === 0) return false
    return true
  }

  /** Deletes values that expired, or are the oldest. @returns how many */
  #makeRoom(owner: string): number {
    // expired values count until they are deleted
    const expired = this.#drop(this.#sql.expireOwn.all(owner, this.#options.now(), SLICE))
    if (expired > 0 || !this.#sql.dropOldest) return expired
    return this.#drop(this.#sql.dropOldest.all(owner, 1))
  }

  #drop(rows: readonly Record<string, unknown>[]): number {
    for (const { owner, bytes } of rows) this.#count(String(owner), -1, -Number(bytes))
    return rows.length
  }

  #count(owner: string, keys: number, bytes: number): void {
    const size = this.#sizes.get(owner)
    if (!size) return
    size.keys += keys
    size.bytes += bytes
  }

  #size(owner: string): { keys: number; bytes: number } {
    const known = this.#sizes.get(owner)
    if (known) return known
    const row = this.#sql.size.get(owner)
    const size = { keys: Number(row?.keys), bytes: Number(row?.bytes) }
    this.#sizes.set(owner, size)
    return size
  }

  #bytesOf(owner: string, key: string): number {
    return Number(this.#sql.bytes.get(owner, key)?.bytes ?? 0)
  }
}

type Statements = ReturnType<typeof prepare>

function prepare(database: DatabaseSync, table: StoreTableOptions['table']) {
  const isRolling = table === 'rolling_store'
  const bytes = 'octet_length(key) + octet_length(value)'
  const one = 'WHERE owner = ? AND key = ?'
  const dropping = (which: string): string =>
    `DELETE FROM ${table} WHERE (owner, key) IN (SELECT owner, key FROM ${table} ${which} LIMIT ?) RETURNING owner, ${bytes} AS bytes`
  return {
    select: database.prepare(`SELECT value, expires_at FROM ${table} ${one}`),
    bytes: database.prepare(`SELECT ${bytes} AS bytes FROM ${table} ${one}`),
    size: database.prepare(
      `SELECT count(*) AS keys, coalesce(sum(${bytes}), 0) AS bytes FROM ${table} WHERE owner = ?`,
    ),
    owners: database.prepare(`SELECT DISTINCT owner FROM ${table}`),
    keys: database.prepare(
      `SELECT key FROM ${table} WHERE owner = ? AND key >= ? AND key < ? AND key > ? ` +
        'AND (expires_at IS NULL OR expires_at > ?) ORDER BY key LIMIT ?',
    ),
    upsert: database.prepare(
      `INSERT INTO ${table} (owner, key, value, expires_at, written_at) VALUES (?, ?, ?, ?, ?) ` +
        'ON CONFLICT (owner, key) DO UPDATE SET ' +
        'value = excluded.value, expires_at = excluded.expires_at, written_at = excluded.written_at',
    ),
    remove: database.prepare(`DELETE FROM ${table} ${one}`),
    move: database.prepare(
      `UPDATE OR IGNORE ${table} SET key = ? || substr(key, ?) WHERE key >= ? AND key < ?`,
    ),
    expire: database.prepare(dropping(`INDEXED BY ${table}_expiry WHERE expires_at <= ?`)),
    expireOwn: database.prepare(dropping(`INDEXED BY ${table}_expiry WHERE +owner = ? AND expires_at <= ?`)),
    dropOldest: isRolling
      ? database.prepare(dropping(`INDEXED BY ${table}_age WHERE owner = ? ORDER BY written_at`))
      : undefined,
  }
}
