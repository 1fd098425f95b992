import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'

/** What the writing thread is told when it starts. */
export interface WriterOptions {
  readonly file: string
  /** Whether commits that must be safe wait for the disk; without it, none does. */
  readonly waitsForDisk: boolean
}

/** A statement, sent once; later calls name its number. */
export interface NewStatement {
  readonly number: number
  readonly sql: string
}

/** Statements of one transaction. */
export interface WriteGroup {
  readonly mustWait: boolean
  readonly statements: readonly NewStatement[]
  readonly calls: readonly StatementCall[]
}

export type StatementCall = readonly [statement: number, ...values: SQLInputValue[]]

/** What a statement changed, and the rows it gave when it gives rows. A list crosses threads at half the cost. */
export type StatementOutcome = readonly [
  changes: number,
  lastRowId: number,
  rows?: readonly Record<string, SQLOutputValue>[],
]

/** What became of a group: all of it is on disk, or none. */
export type GroupOutcome = { readonly outcomes: readonly StatementOutcome[] } | { readonly error: string }
