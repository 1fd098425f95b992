import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { SqlParameter, SqlResult, SqlStatement } from '@pluggram/sdk'
import { createSqliteGuard } from './sqlite-guard.ts'
import type { ResultLimits, SqliteAnswer, SqliteTarget, SqliteWork } from './sqlite-work.ts'

type Failure = Extract<SqliteAnswer, { error: unknown }>['error']

class WorkError extends Error {
  readonly code: Failure['code']

  constructor(code: Failure['code'], message: string) {
    super(message)
    this.code = code
  }
}

const PAGE_BYTES = 4_096
/**
 * The longest text or blob inside a statement: enough for a plugin, too small to exhaust memory.
 */
const MAX_VALUE_BYTES = 16 * 1_048_576
/** Larger result codes carry details in their upper bytes. */
const PRIMARY_CODE = 0xff
const SQLITE_FULL = 13
const SQLITE_TOO_BIG = 18
const SQLITE_AUTH = 23

/** One open SQLite file, and the rules for untrusted SQL on it. Runs inside a database process. */
export class SqliteSession {
  readonly #database: DatabaseSync
  readonly #guard: ReturnType<typeof createSqliteGuard>

  constructor({ file, isReadOnly, maxBytes }: SqliteTarget) {
    this.#guard = createSqliteGuard({ isReadOnly })
    this.#database = new DatabaseSync(file, {
      readOnly: isReadOnly,
      allowExtension: false,
      enableDoubleQuotedStringLiterals: false,
      defensive: true,
      timeout: 3_000,
      limits: { length: MAX_VALUE_BYTES, sqlLength: 1_048_576, attach: 0 },
    })
    this.#database.exec('PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192')
    if (!isReadOnly) {
      this.#database.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304; PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE_BYTES)}`,
      )
    }
    this.#database.setAuthorizer((action, first, second) => this.#guard.check(action, first, second))
  }

  /** Never throws; the answer contains the error. */
  work(work: SqliteWork): SqliteAnswer {
    try {
      return { results: this.#results(work) }
    } catch (error) {
      return { error: describe(error) }
    }
  }

  #results(work: SqliteWork): SqlResult[] {
    switch (work.kind) {
      case 'execute':
        return [this.#run(work.statement, work.limits)]
      case 'transaction':
        return this.#inTransaction(() =>
          work.statements.map((statement, index) => inStep(index, () => this.#run(statement, work.limits))),
        )
      case 'migrate':
        this.#migrate(work.steps)
        return []
    }
  }

  #run({ sql, params = [] }: SqlStatement, limits: ResultLimits): SqlResult {
    const statement = this.#database.prepare(sql)
    // SQLite would silently ignore a second statement
    if (!/^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/.test(sql.slice(statement.sourceSQL.length))) {
      throw new WorkError('database-query-failed', 'one call runs one statement; use transaction for several')
    }
    statement.setReadBigInts(true)
    const columns = statement.columns().map(({ name }) => name)
    const values = params.map(toInput)
    if (columns.length === 0) {
      const { changes, lastInsertRowid } = statement.run(...values)
      return {
        rows: [],
        columns,
        changes: Number(changes),
        lastInsertId: narrow(lastInsertRowid),
        isCut: false,
      }
    }
    const before = this.#totals()
    const { rows, isCut } = readRows(statement.iterate(...values), limits)
    const after = this.#totals()
    const changes = after.total - before.total
    return { rows, columns, changes, ...(changes > 0 && { lastInsertId: after.lastId }), isCut }
  }

  #totals(): { total: number; lastId: number | bigint } {
    const row = this.#database.prepare('SELECT total_changes() AS total, last_insert_rowid() AS id').get()
    return { total: Number(row?.['total'] ?? 0), lastId: Number(row?.['id'] ?? 0) }
  }

  #inTransaction<T>(work: () => T): T {
    this.#guard.without(() => this.#database.exec('BEGIN IMMEDIATE'))
    try {
      const result = work()
      this.#guard.without(() => this.#database.exec('COMMIT'))
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#guard.without(() => this.#database.exec('ROLLBACK'))
      throw error
    }
  }

  #migrate(steps: readonly string[]): void {
    this.#guard.without(() =>
      this.#database.exec(
        'CREATE TABLE IF NOT EXISTS pluggram_migrations (step INTEGER PRIMARY KEY, digest TEXT NOT NULL) STRICT',
      ),
    )
    for (const [index, sql] of steps.entries()) {
      const step = index + 1
      const digest = createHash('sha256').update(sql).digest('hex')
      this.#inTransaction(() => {
        const done = this.#database.prepare('SELECT digest FROM pluggram_migrations WHERE step = ?').get(step)
        if (done?.['digest'] === digest) return
        if (done) {
          throw new WorkError(
            'database-query-failed',
            `step ${step} of migrate was changed after it ran; append a new step instead`,
          )
        }
        inStep(index, () => this.#database.exec(sql))
        this.#database.prepare('INSERT INTO pluggram_migrations VALUES (?, ?)').run(step, digest)
      })
    }
  }
}

function readRows(
  source: Iterable<Record<string, SQLOutputValue>>,
  { maxRows, maxBytes, mayCut }: ResultLimits,
): { rows: Record<string, unknown>[]; isCut: boolean } {
  const rows: Record<string, unknown>[] = []
  let bytes = 0
  for (const raw of source) {
    if (rows.length >= maxRows) {
      if (mayCut) return { rows, isCut: true }
      throw new WorkError('database-limit', `the result has more than ${maxRows} rows; use LIMIT`)
    }
    const row: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(raw)) {
      bytes += sizeOf(value)
      row[name] = typeof value === 'bigint' ? narrow(value) : value
    }
    if (bytes > maxBytes) {
      throw new WorkError(
        'database-limit',
        `the result is larger than ${maxBytes / 1_048_576} MiB; ask for less`,
      )
    }
    rows.push(row)
  }
  return { rows, isCut: false }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 2
  return value instanceof Uint8Array ? value.byteLength : 8
}

/** A number if that is exact, else a bigint. */
function narrow(value: number | bigint): number | bigint {
  return typeof value === 'bigint' && BigInt.asIntN(53, value) === value ? Number(value) : value
}

function toInput(value: SqlParameter): SQLInputValue {
  if (value === undefined) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  return value
}

function inStep<T>(index: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code, message } = describe(error)
    throw new WorkError(code, `statement ${index + 1}: ${message}`)
  }
}

function describe(error: unknown): Failure {
  if (error instanceof WorkError) return { code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : 'an unknown error'
  const number: unknown = Reflect.get(Object(error), 'errcode')
  const primary = typeof number === 'number' ? number & PRIMARY_CODE : 0
  if (primary === SQLITE_FULL)
    return { code: 'database-limit', message: 'the database is full: it has reached its largest size' }
  if (primary === SQLITE_TOO_BIG)
    return { code: 'database-limit', message: 'a value or the statement is too large' }
  if (primary === SQLITE_AUTH) {
    return {
      code: 'database-query-failed',
      message: `${message} (plugins cannot attach files, change settings or begin transactions; see transaction)`,
    }
  }
  return { code: 'database-query-failed', message }
}
