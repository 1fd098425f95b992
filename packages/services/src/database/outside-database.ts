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

/**
 * A connection to one outside database: the part that differs between PostgreSQL, MySQL and SQLite.
 */
export interface OutsideConnection extends DatabaseDescription {
  /**
   * Runs statements in one transaction, which is read-only unless the database is writable.
   * @throws DatabaseError, which names the database and never its URL
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
  /** The connection of that name; `undefined` when none is configured. */
  find(name: string): OutsideConnection | undefined
  close(): Promise<void>
}
