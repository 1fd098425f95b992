import type { Kysely } from 'kysely'

/**
 * A value that stands for a `?`. Dates go as ISO 8601 text, booleans as 1 and 0 where the database
 * has none.
 */
export type SqlParameter = string | number | bigint | boolean | null | undefined | Date | Uint8Array

/** One statement with what stands for its `?`; a literal `?` operator is written `??`. */
export interface SqlStatement {
  readonly sql: string
  readonly params?: readonly SqlParameter[]
}

export interface QueryOptions {
  /**
   * Gives that many rows and no more; `isCut` tells whether there were others. Default: more than
   * 10,000 are an error.
   */
  readonly maxRows?: number
  /** At most, and by default, what the owner set: 5 s. */
  readonly timeoutSeconds?: number
}

/** What a statement gave. */
export interface SqlResult<Row = Record<string, unknown>> {
  readonly rows: readonly Row[]
  /** Names of the columns, in their order. */
  readonly columns: readonly string[]
  /** Rows that were inserted, changed or deleted. */
  readonly changes: number
  /** The id of the last inserted row, where the database tells it. */
  readonly lastInsertId?: number | bigint
  /** True when `maxRows` left rows out. */
  readonly isCut: boolean
}

/** A way to run SQL. Values never become part of the text: they are given as `params`. */
export interface SqlRunner {
  /**
   * Runs one statement and gives its rows.
   * @example
   * await services.database.query('SELECT title FROM notes WHERE chat = ?', [context.chat.id])
   * @throws DatabaseError `database-query-failed` when the database refuses it, `database-timeout` when it takes
   * longer than 5 s (it is ended then), `database-limit` when there are over 10,000 rows or 8 MiB
   */
  query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly SqlParameter[],
    options?: QueryOptions,
  ): Promise<Row[]>
  /** As `query`, with the number of changed rows and the like. */
  execute<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly SqlParameter[],
    options?: QueryOptions,
  ): Promise<SqlResult<Row>>
  /** Runs statements so that all of them hold, or none. At most 1,000. */
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

/** A database outside the assistant, as its owner configured it. */
export interface OutsideDatabase extends SqlRunner {
  readonly name: string
  readonly dialect: 'postgresql' | 'mysql' | 'sqlite'
  /** False when every statement runs in a transaction that cannot write. */
  readonly isWritable: boolean
}

/**
 * The plugin's own tables: SQLite, a file of its own of at most 256 MiB, with FTS5. Needs
 * `permissions: { database: true }`.
 */
export interface DatabaseService extends SqlRunner {
  /**
   * Brings the tables up to date: step n runs once, ever. Append steps; never change one that was
   * published.
   * @example
   * await services.database.migrate([
   *   'CREATE TABLE notes (id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, title TEXT NOT NULL)',
   *   'CREATE INDEX notes_chat ON notes (chat)',
   * ])
   * @throws DatabaseError `database-query-failed` naming the step; nothing of that step is kept
   */
  migrate(steps: readonly string[]): Promise<void>
  /**
   * An outside database that stands under `databases.NAME` in config.json and in the manifest's
   * `permissions: { databases: ['NAME'] }`. Connections are shared and kept by the assistant.
   * @throws PermissionError when the plugin does not ask for it
   * @throws DatabaseError `database-unavailable` when no such database is configured
   */
  open(name: string): Promise<OutsideDatabase>
}
