import type { Pool, PoolConnection } from 'mysql2'
import { withinTime } from '@pluggram/base'
import { DatabaseError, errorMessage } from '@pluggram/sdk'
import type { SqlParameter, SqlResult, SqlStatement } from '@pluggram/sdk'
import { loadMysql } from './drivers.ts'
import type { OutsideConnection, OutsideSettings } from './outside-database.ts'
import { RowCollector } from './row-collector.ts'
import type { ResultLimits } from './sqlite-work.ts'
import { checkStatement } from './statement-guard.ts'

const CONNECT_MS = 5_000
const GRACE_MS = 1_000
/** Error codes of MariaDB and MySQL for a timeout, and for a killed query. */
const TIMEOUT_ERRORS = new Set([1_969, 3_024, 1_317])
const CONNECTION_ERRORS =
  /^(?:E[A-Z]+|PROTOCOL_.*|ER_ACCESS_DENIED.*|ER_DBACCESS.*|ER_BAD_DB.*|ER_CON_COUNT.*|HANDSHAKE.*)$/

/** A pool of connections to a MySQL or MariaDB server. */
export function createMysqlConnection(
  name: string,
  { url, writable, connections }: OutsideSettings,
): OutsideConnection {
  const label = `Database ${name}`
  const pool = loadMysql().createPool({
    uri: url.replace(/^mariadb:/i, 'mysql:'),
    connectionLimit: connections,
    maxIdle: connections,
    idleTimeout: 30_000,
    queueLimit: 200,
    connectTimeout: CONNECT_MS,
    multipleStatements: false,
    supportBigNumbers: true,
    // keep dates as text: they are not points in time, and this machine's time zone must not change
    // them
    dateStrings: true,
    // settings, locks and temporary tables of a statement must not outlive it
    resetOnRelease: true,
    flags: ['-LOCAL_FILES'],
  })
  let dialect: Promise<'mariadb' | 'mysql'> | undefined
  return {
    dialect: 'mysql',
    isWritable: writable,
    async run(statements, limits, timeoutMs) {
      for (const { sql } of statements) checkStatement(label, sql, writable)
      const connection = await connect(pool, label)
      const session = new Session(connection, label)
      try {
        const kind = await (dialect ??= session.readKind().catch((error: unknown) => {
          dialect = undefined
          throw error
        }))
        return await session.run({ statements, limits, timeoutMs, writable, kind })
      } catch (error) {
        if (session.isOverdue) end(pool, connection.threadId)
        throw toError(label, error, timeoutMs)
      } finally {
        if (session.isBroken) connection.destroy()
        else connection.release()
      }
    },
    close: () => new Promise((resolve) => pool.end(() => resolve())),
  }
}

function connect(pool: Pool, label: string): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(unavailable(label, error))
      else resolve(connection)
    })
  })
}

/** Kills the query of an abandoned connection on the server. */
function end(pool: Pool, thread: number): void {
  pool.query(`KILL QUERY ${Number(thread)}`, () => {})
}

interface Work {
  readonly statements: readonly SqlStatement[]
  readonly limits: ResultLimits
  readonly timeoutMs: number
  readonly writable: boolean
  readonly kind: 'mariadb' | 'mysql'
}

/** One use of a connection. */
class Session {
  /** True when the connection cannot be used again. */
  isBroken = false
  /** True when the query may still run on the server. */
  isOverdue = false
  readonly #connection: PoolConnection
  readonly #label: string

  constructor(connection: PoolConnection, label: string) {
    this.#connection = connection
    this.#label = label
  }

  async readKind(): Promise<'mariadb' | 'mysql'> {
    const { rows } = await this.#stream(
      { sql: 'SELECT VERSION() AS version' },
      { maxRows: 1, maxBytes: 1_000, mayCut: false },
    )
    return /mariadb/i.test(String(rows[0]?.['version'])) ? 'mariadb' : 'mysql'
  }

  async run({ statements, limits, timeoutMs, writable, kind }: Work): Promise<readonly SqlResult[]> {
    const limit =
      kind === 'mariadb'
        ? `SET SESSION max_statement_time = ${timeoutMs / 1_000}`
        : `SET SESSION max_execution_time = ${Math.ceil(timeoutMs)}`
    try {
      await this.#command(limit)
      await this.#command(`START TRANSACTION ${writable ? 'READ WRITE' : 'READ ONLY'}`)
      const results: SqlResult[] = []
      for (const statement of statements) {
        results.push(await this.#within(this.#stream(statement, limits), timeoutMs))
      }
      if (!this.isBroken) await this.#command(writable ? 'COMMIT' : 'ROLLBACK')
      return results
    } catch (error) {
      if (!this.isBroken) await this.#command('ROLLBACK').catch(() => (this.isBroken = true))
      throw error
    }
  }

  #command(sql: string): Promise<void> {
    return this.#within(
      new Promise((resolve, reject) => {
        this.#connection.query(sql, (error: unknown) => (error ? reject(error as Error) : resolve()))
      }),
      CONNECT_MS,
    )
  }

  #stream({ sql, params = [] }: SqlStatement, limits: ResultLimits): Promise<SqlResult> {
    const collector = new RowCollector(this.#label, limits)
    return new Promise<SqlResult>((resolve, reject) => {
      let columns: readonly string[] = []
      let head: { affectedRows: number; insertId: number } | undefined
      // a prepared statement allows only one statement, and keeps values separate from the SQL text
      const query = this.#connection.execute(sql, params.map(toValue))
      query.on('fields', (fields: readonly { name: string }[] | undefined) => {
        columns = fields?.map((field) => field.name) ?? []
      })
      query.on('result', (row: object) => {
        if (this.isBroken) return
        if ('affectedRows' in row && columns.length === 0) {
          head = row as { affectedRows: number; insertId: number }
          return
        }
        try {
          if (collector.add(row as Record<string, unknown>)) return
          this.#leave()
          resolve({ rows: collector.rows, columns, changes: 0, isCut: true })
        } catch (error) {
          this.#leave()
          reject(error)
        }
      })
      query.on('error', reject)
      query.on('end', () => {
        const changes = head?.affectedRows ?? 0
        const { rows } = collector
        resolve({
          rows,
          columns,
          changes,
          isCut: false,
          ...(head?.insertId && { lastInsertId: head.insertId }),
        })
      })
    })
  }

  #leave(): void {
    this.isBroken = true
    this.isOverdue = true
  }

  #within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    return withinTime(work, timeoutMs + GRACE_MS, () => {
      this.#leave()
      throw timedOut(this.#label, timeoutMs)
    })
  }
}

function toValue(value: SqlParameter): string | number | boolean | Date | Buffer | null {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value)
  return value ?? null
}

function timedOut(label: string, timeoutMs: number): DatabaseError {
  const words = `took longer than ${timeoutMs / 1_000} s; the query was ended. Use an index, or ask for less`
  return new DatabaseError('database-timeout', `${label} ${words}.`)
}

function toError(label: string, error: unknown, timeoutMs: number): DatabaseError {
  if (error instanceof DatabaseError) return error
  const number: unknown = Reflect.get(Object(error), 'errno')
  const code = String(Reflect.get(Object(error), 'code') ?? '')
  if (typeof number === 'number' && TIMEOUT_ERRORS.has(number)) return timedOut(label, timeoutMs)
  if (CONNECTION_ERRORS.test(code) && !code.startsWith('ER_PARSE')) return unavailable(label, error)
  return new DatabaseError('database-query-failed', `${label}: ${errorMessage(error).slice(0, 500)}.`)
}

/** Removes the server's address and user. */
function unavailable(label: string, error: unknown): DatabaseError {
  const code = String(Reflect.get(Object(error), 'code') ?? 'no answer')
  return new DatabaseError(
    'database-unavailable',
    `${label} cannot be reached: ${code}. Check its url in config.json and the server.`,
    { isRetryable: true },
  )
}
