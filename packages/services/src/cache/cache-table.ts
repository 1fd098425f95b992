import { DatabaseError } from '@pluggram/sdk'
import type { SqlResult, SqlStatement } from '@pluggram/sdk'
import type { OutsideConnection } from '../database/outside-database.ts'

/** The limits of a plugin's part of the table. */
export interface CacheBounds {
  readonly maxEntries: number
  readonly maxBytes: number
}

const TIMEOUT_MS = 1_000
const LIMITS = { maxRows: 1, maxBytes: 4 * 1_048_576, mayCut: true }
/** An advisory lock, since creating the table would fail if two instances did it at once. */
const LOCK = 7_041_126

const CREATE = [
  `SELECT pg_advisory_xact_lock(${LOCK})`,
  // unlogged, since a cache may be lost when the server crashes
  `CREATE UNLOGGED TABLE IF NOT EXISTS pluggram_cache (
    plugin text NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    bytes integer NOT NULL,
    written_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (plugin, key)
  )`,
]
const FIND =
  'SELECT value FROM pluggram_cache WHERE plugin = ? AND key = ? AND expires_at > clock_timestamp()'
const PUT = `INSERT INTO pluggram_cache
  VALUES (?, ?, ?, ?, clock_timestamp(), clock_timestamp() + ? * interval '1 second')
  ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value, bytes = excluded.bytes,
    written_at = excluded.written_at, expires_at = excluded.expires_at`
const REMOVE =
  'DELETE FROM pluggram_cache WHERE plugin = ? AND key = ? RETURNING expires_at > clock_timestamp() AS alive'
const SWEEP = 'DELETE FROM pluggram_cache WHERE expires_at <= clock_timestamp()'
const TRIM = `DELETE FROM pluggram_cache AS old
  USING (SELECT key, row_number() OVER newest AS number, sum(bytes) OVER newest AS total
    FROM pluggram_cache WHERE plugin = ?
    WINDOW newest AS (ORDER BY written_at DESC, key ROWS UNBOUNDED PRECEDING)) AS ranked
  WHERE old.plugin = ? AND old.key = ranked.key AND (ranked.number > ? OR ranked.total > ?)`

/**
 * The table of all plugins' caches on a PostgreSQL server, created at first use. Times come from
 * the server, so that instances with different clocks agree.
 */
export class CacheTable {
  readonly #connection: OutsideConnection
  #made: Promise<void> | undefined

  /** @throws DatabaseError when it is not a writable PostgreSQL server */
  constructor(connection: OutsideConnection) {
    if (connection.dialect !== 'postgresql' || !connection.isWritable) {
      throw new DatabaseError('database-unavailable', 'A cache needs a PostgreSQL server; see cache.url.')
    }
    this.#connection = connection
  }

  async find(plugin: string, key: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.#run({ sql: FIND, params: [plugin, key] })
    const value = rows[0]?.['value']
    return value instanceof Uint8Array ? value : undefined
  }

  async put(
    plugin: string,
    key: string,
    value: Uint8Array,
    size: { bytes: number; ttlSeconds: number },
  ): Promise<void> {
    await this.#run({ sql: PUT, params: [plugin, key, value, size.bytes, size.ttlSeconds] })
  }

  /** Returns true when the entry existed and had not expired. */
  async remove(plugin: string, key: string): Promise<boolean> {
    const { rows } = await this.#run({ sql: REMOVE, params: [plugin, key] })
    return rows[0]?.['alive'] === true
  }

  /** Deletes expired entries. */
  async sweep(): Promise<void> {
    await this.#run({ sql: SWEEP })
  }

  /** Deletes a plugin's oldest entries until the rest fits its limits. */
  async trim(plugin: string, { maxEntries, maxBytes }: CacheBounds): Promise<void> {
    await this.#run({ sql: TRIM, params: [plugin, plugin, maxEntries, maxBytes] })
  }

  async #run(statement: SqlStatement): Promise<SqlResult> {
    this.#made ??= this.#create()
    try {
      await this.#made
    } catch (error) {
      this.#made = undefined
      throw error
    }
    const [result] = await this.#connection.run([statement], LIMITS, TIMEOUT_MS)
    if (!result) throw new DatabaseError('database-query-failed', 'The cache server gave no result.')
    return result
  }

  async #create(): Promise<void> {
    await this.#connection.run(
      CREATE.map((sql) => ({ sql })),
      LIMITS,
      TIMEOUT_MS,
    )
  }
}
