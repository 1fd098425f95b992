import type { SqlResult, SqlStatement } from '@pluggram/sdk'
import type { DatabaseDescription } from '@pluggram/sdk/runtime'
import type { ResultLimits } from './sqlite-work.ts'

/** An outside database as its owner configured it. */
export interface OutsideSettings {
  readonly url: string
  readonly writable: boolean
  readonly timeoutSeconds: number
  readonly connections: number
}

/** A way to one outside database: the part that differs between PostgreSQL, MySQL and SQLite. */
export interface OutsideConnection extends DatabaseDescription {
  /**
   * Runs statements in one transaction, which can only read unless the database is writable.
   * @throws DatabaseError; it names the database and holds nothing of its URL
   */
  run(
    statements: readonly SqlStatement[],
    limits: ResultLimits,
    timeoutMs: number,
  ): Promise<readonly SqlResult[]>
  close(): Promise<void>
}

/** The outside databases that the owner configured. */
export interface OutsideDatabases {
  /** The way to a database; `undefined` when none of that name is configured. */
  find(name: string): OutsideConnection | undefined
  close(): Promise<void>
}
