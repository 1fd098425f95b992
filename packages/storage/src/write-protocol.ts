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
  /** One call behind the other: a statement's number, how many values it is given, the values. */
  readonly calls: readonly SQLInputValue[]
}

/** Lists without lists in them: they cross threads at a fraction of the cost. */
export type StatementCall = readonly [statement: number, count: number, ...values: SQLInputValue[]]

/** How many rows a statement changed, or the rows it gave. */
export type StatementOutcome = number | readonly Record<string, SQLOutputValue>[]

/** What became of a group: all of it is on disk, or none. */
export type GroupOutcome = { readonly outcomes: readonly StatementOutcome[] } | { readonly error: string }
