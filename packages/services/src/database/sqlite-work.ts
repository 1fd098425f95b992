import type { SqlResult, SqlStatement } from '@pluggram/sdk'

/** The first message to a database process, before any work. */
export interface SqliteTarget {
  readonly file: string
  readonly isReadOnly: boolean
  /** The largest size of the file. */
  readonly maxBytes: number
}

/** The largest result of a statement. */
export interface ResultLimits {
  readonly maxRows: number
  readonly maxBytes: number
  /** True: rows beyond `maxRows` are left out; false: they are an error. */
  readonly mayCut: boolean
}

/** One piece of work for a database process. */
export type SqliteWork =
  | { readonly kind: 'execute'; readonly statement: SqlStatement; readonly limits: ResultLimits }
  | {
      readonly kind: 'transaction'
      readonly statements: readonly SqlStatement[]
      readonly limits: ResultLimits
    }
  | { readonly kind: 'migrate'; readonly steps: readonly string[] }

/** The outcome of one piece of work. */
export type SqliteAnswer =
  | { readonly results: readonly SqlResult[] }
  | {
      readonly error: {
        readonly code: 'database-limit' | 'database-query-failed' | 'database-unavailable'
        readonly message: string
      }
    }
