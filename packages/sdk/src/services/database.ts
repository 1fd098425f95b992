import type { Kysely } from 'kysely'

/**
 * A value for a `?` placeholder. Dates are sent as ISO 8601 text; booleans as 1 and 0 if the
 * database has no booleans.
 */
export type SqlParameter = string | number | bigint | boolean | null | undefined | Date | Uint8Array

/** A statement and the values of its `?` placeholders. Write a literal `?` operator as `??`. */
export interface SqlStatement {
  readonly sql: string
  readonly params?: readonly SqlParameter[]
}

export interface QueryOptions {
  /**
   * Returns at most this many rows; `isCut` says whether there were more. Default: more than 10,000
   * rows are an error.
   */
  readonly maxRows?: number
  /** Default and maximum: the owner's limit, 5 s unless changed. */
  readonly timeoutSeconds?: number
}

/** The result of a statement. */
export interface SqlResult<Row = Record<string, unknown>> {
  readonly rows: readonly Row[]
  /** Column names, in order. */
  readonly columns: readonly string[]
  /** The number of rows inserted, changed or deleted. */
  readonly changes: number
  /** The id of the last inserted row, if the database reports it. */
  readonly lastInsertId?: number | bigint
  /** True when rows were omitted because of `maxRows`. */
  readonly isCut: boolean
}

/** Runs SQL. Values are never part of the SQL text; pass them as `params`. */
export interface SqlRunner {
  /**
   * Runs one statement and returns its rows.
   * @example
   * await services.database.query('SELECT title FROM notes WHERE chat = ?', [context.chat.id])
   * @throws DatabaseError `database-query-failed` when the database rejects it, `database-timeout`
   * when it is cancelled after 5 s, `database-limit` when there are more than 10,000 rows or 8 MiB
   */
  query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly SqlParameter[],
    options?: QueryOptions,
  ): Promise<Row[]>
  /** Like `query`, but also returns the number of changed rows, column names and so on. */
  execute<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly SqlParameter[],
    options?: QueryOptions,
  ): Promise<SqlResult<Row>>
  /** Runs up to 1,000 statements in one transaction: all of them take effect, or none. */
  transaction(statements: readonly SqlStatement[]): Promise<readonly SqlResult[]>
  /**
   * A typed query builder (kysely.dev) over this database. Its interactive transactions are not
   * available; use `transaction` with compiled queries.
   * @example
   * const db = await services.database.kysely<{ notes: { id: number; title: string } }>()
   * await db.insertInto('notes').values({ id: 1, title: 'milk' }).execute()
   */
  kysely<Tables>(): Promise<Kysely<Tables>>
}

/** A database outside the assistant, as configured by the owner. */
export interface OutsideDatabase extends SqlRunner {
  readonly name: string
  readonly dialect: 'postgresql' | 'mysql' | 'sqlite'
  /** False when every statement runs in a read-only transaction. */
  readonly isWritable: boolean
}

/**
 * The plugin's own SQLite database with FTS5: one file of at most 256 MiB. Needs `permissions: {
 * database: true }`.
 */
export interface DatabaseService extends SqlRunner {
  /**
   * Migrates the tables: each step runs exactly once. Append new steps; never change a published
   * one.
   * @example
   * await services.database.migrate([
   *   'CREATE TABLE notes (id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, title TEXT NOT NULL)',
   *   'CREATE INDEX notes_chat ON notes (chat)',
   * ])
   * @throws DatabaseError `database-query-failed` naming the step, which is rolled back
   */
  migrate(steps: readonly string[]): Promise<void>
  /**
   * Opens an outside database. It must be listed under `databases.NAME` in config.json and in the
   * manifest's `permissions: { databases: ['NAME'] }`. The assistant pools the connections.
   * @throws PermissionError when the manifest does not ask for it
   * @throws DatabaseError `database-unavailable` when no such database is configured
   */
  open(name: string): Promise<OutsideDatabase>
}
