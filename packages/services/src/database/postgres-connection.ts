import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { withinTime } from '@pluggram/base'
import { DatabaseError, errorMessage } from '@pluggram/sdk'
import type { SqlParameter, SqlResult, SqlStatement } from '@pluggram/sdk'
import { loadPostgres } from './drivers.ts'
import type { OutsideConnection, OutsideSettings } from './outside-database.ts'
import { toPostgresPlaceholders } from './postgres-placeholders.ts'
import { unavailable } from './postgres-unavailable.ts'
import { RowCollector } from './row-collector.ts'
import type { ResultLimits } from './sqlite-work.ts'
import { checkStatement } from './statement-guard.ts'

const CONNECT_MS = 5_000
/**
 * The server should cancel a query at its time limit; after this much longer, the connection is
 * dropped.
 */
const GRACE_MS = 1_000
const BIGINT_TYPE = 20
/**
 * `date`, `timestamp` without a time zone, and arrays of them are not points in time, so they stay
 * text.
 */
const ZONELESS_TYPES = new Set([1_082, 1_114, 1_115, 1_182])
/** A single row may be a gigabyte, so bytes are counted as they arrive. */
const WIRE_FACTOR = 2
const WIRE_EXTRA = 1_048_576

const types: pg.CustomTypesConfig = {
  getTypeParser(type: number, format?: string): (value: string) => unknown {
    if (type === BIGINT_TYPE) return narrow
    if (ZONELESS_TYPES.has(type)) return String
    return loadPostgres().types.getTypeParser(type, format as 'text') as (value: string) => unknown
  },
}

/** A pool of connections to a PostgreSQL server. */
export function createPostgresConnection(
  name: string,
  { url, writable, connections }: OutsideSettings,
): OutsideConnection {
  const label = `Database ${name}`
  const pool = new (loadPostgres().Pool)({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    application_name: 'pluggram',
    types,
  })
  // a broken idle connection is replaced at its next use
  pool.on('error', () => {})
  return {
    dialect: 'postgresql',
    isWritable: writable,
    async run(statements, limits, timeoutMs) {
      for (const { sql } of statements) checkStatement(label, sql, writable)
      const client = await connect(pool, label)
      // the running query gets the error too
      const onError = (): void => {}
      client.on('error', onError)
      const session = new Session(client, label)
      try {
        return await session.run({ statements, limits, timeoutMs, writable })
      } finally {
        client.release(session.isBroken)
        if (!session.isBroken) client.off('error', onError)
      }
    },
    close: () => pool.end(),
  }
}

async function connect(pool: pg.Pool, label: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw unavailable(label, error)
  }
}

interface Work {
  readonly statements: readonly SqlStatement[]
  readonly limits: ResultLimits
  readonly timeoutMs: number
  readonly writable: boolean
}

/** One use of a connection. */
class Session {
  /** True when the connection cannot be used again. */
  isBroken = false
  readonly #client: pg.PoolClient
  readonly #label: string

  constructor(client: pg.PoolClient, label: string) {
    this.#client = client
    this.#label = label
  }

  async run({ statements, limits, timeoutMs, writable }: Work): Promise<readonly SqlResult[]> {
    const mode = writable ? 'READ WRITE' : 'READ ONLY'
    try {
      // the mode of a transaction cannot change after its first query
      await this.#within(
        this.#client.query(`BEGIN ${mode}; SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}; SELECT 1`),
        timeoutMs,
      )
      const results: SqlResult[] = []
      for (const statement of statements) {
        results.push(await this.#within(this.#stream(statement, limits), timeoutMs))
      }
      await this.#within(this.#client.query(writable ? 'COMMIT' : 'ROLLBACK'), timeoutMs)
      return results
    } catch (error) {
      await this.#recover()
      throw toError(this.#label, error, timeoutMs)
    } finally {
      // settings, locks and temporary tables of a statement must not outlive it
      if (!this.isBroken) await this.#client.query('DISCARD ALL').catch(() => (this.isBroken = true))
    }
  }

  #stream({ sql, params = [] }: SqlStatement, limits: ResultLimits): Promise<SqlResult> {
    const config = {
      text: toPostgresPlaceholders(sql),
      values: params.map(toValue),
      // the simple protocol would accept several statements
      queryMode: 'extended',
    }
    const query = new (loadPostgres().Query)(config)
    const collector = new RowCollector(this.#label, limits)
    const stopCounting = this.#countBytes(limits)
    return new Promise<SqlResult>((resolve, reject) => {
      const cut = (fields: readonly string[]): void => {
        this.isBroken = true
        resolve({ rows: collector.rows, columns: fields, changes: 0, isCut: true })
      }
      query.on('row', (row: Record<string, unknown>) => {
        if (this.isBroken) return
        try {
          if (!collector.add(row)) cut(Object.keys(row))
        } catch (error) {
          this.isBroken = true
          reject(error)
        }
      })
      query.on('error', reject)
      query.on('end', (result: pg.QueryResult | readonly pg.QueryResult[]) => {
        const last = 'at' in result ? result.at(-1) : result
        const columns = last?.fields.map((field) => field.name) ?? []
        const isRead = last?.command === 'SELECT'
        resolve({ rows: collector.rows, columns, changes: isRead ? 0 : (last?.rowCount ?? 0), isCut: false })
      })
      this.#client.query(query)
    }).finally(stopCounting)
  }

  #countBytes({ maxBytes }: ResultLimits): () => void {
    const stream = (Reflect.get(this.#client, 'connection') as { stream: Duplex }).stream
    let bytes = 0
    const count = (chunk: Buffer): void => {
      bytes += chunk.byteLength
      if (bytes <= maxBytes * WIRE_FACTOR + WIRE_EXTRA) return
      this.isBroken = true
      const words = `the result is larger than ${maxBytes / 1_048_576} MiB; ask for less`
      stream.destroy(new DatabaseError('database-limit', `${this.#label}: ${words}.`))
    }
    stream.on('data', count)
    return () => stream.off('data', count)
  }

  #within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    return withinTime(work, timeoutMs + GRACE_MS, () => {
      this.isBroken = true
      throw timedOut(this.#label, timeoutMs)
    })
  }

  async #recover(): Promise<void> {
    if (this.isBroken) return
    try {
      await this.#within(this.#client.query('ROLLBACK'), 0)
    } catch {
      this.isBroken = true
    }
  }
}

function toValue(value: SqlParameter): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value) : (value ?? null)
}

/** A number if that is exact, else a bigint. */
function narrow(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function timedOut(label: string, timeoutMs: number): DatabaseError {
  const words = `took longer than ${timeoutMs / 1_000} s; the query was ended. Use an index, or ask for less`
  return new DatabaseError('database-timeout', `${label} ${words}.`)
}

function toError(label: string, error: unknown, timeoutMs: number): DatabaseError {
  if (error instanceof DatabaseError) return error
  const code: unknown = Reflect.get(Object(error), 'code')
  if (code === '57014') return timedOut(label, timeoutMs)
  if (!(error instanceof loadPostgres().DatabaseError)) return unavailable(label, error)
  return new DatabaseError('database-query-failed', `${label}: ${errorMessage(error).slice(0, 500)}.`)
}
