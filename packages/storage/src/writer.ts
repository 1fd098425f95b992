/**
 * The writing thread: one transaction per group of statements. A commit waits for the disk; here nobody
 * waits with it.
 */
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { errorMessage } from '@pluggram/sdk'
import { tuneConnection } from './connection.ts'
import type { GroupOutcome, StatementOutcome, WriteGroup, WriterOptions } from './write-protocol.ts'

const { file, waitsForDisk } = workerData as WriterOptions
const database = new DatabaseSync(file)
tuneConnection(database)
const statements = new Map<number, { readonly prepared: StatementSync; readonly givesRows: boolean }>()
let isWaiting: boolean | undefined

function commit({ mustWait, statements: added, calls }: WriteGroup): GroupOutcome {
  try {
    for (const { number, sql } of added) {
      const prepared = database.prepare(sql)
      statements.set(number, { prepared, givesRows: prepared.columns().length > 0 })
    }
    choose(mustWait && waitsForDisk)
    database.exec('BEGIN IMMEDIATE')
    const outcomes = runAll(calls)
    database.exec('COMMIT')
    return { outcomes }
  } catch (error) {
    rollBack()
    return { error: errorMessage(error) }
  }
}

function runAll(calls: WriteGroup['calls']): StatementOutcome[] {
  const outcomes: StatementOutcome[] = []
  for (let at = 0; at < calls.length;) {
    const from = at + 2
    const end = from + Number(calls[at + 1])
    outcomes.push(run(Number(calls[at]), calls.slice(from, end)))
    at = end
  }
  return outcomes
}

function run(number: number, values: readonly SQLInputValue[]): StatementOutcome {
  const statement = statements.get(number)
  if (!statement) throw new Error(`statement ${number} was never prepared`)
  if (statement.givesRows) return statement.prepared.all(...values)
  return Number(statement.prepared.run(...values).changes)
}

/** In WAL mode FULL waits for the disk at every commit, NORMAL only at checkpoints. */
function choose(mustWait: boolean): void {
  if (mustWait === isWaiting) return
  database.exec(`PRAGMA synchronous = ${mustWait ? 'FULL' : 'NORMAL'}`)
  isWaiting = mustWait
}

function rollBack(): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // SQLite has rolled back by itself (a full disk), or never began
  }
}

parentPort?.on('message', (group: WriteGroup | 'close') => {
  if (group !== 'close') return parentPort?.postMessage(commit(group))
  database.close()
  parentPort?.close()
})
