/** The thread that moves commits from the log into the database file. That flushes several times, and blocks nobody here. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { tuneWriter } from './connection.ts'

const database = new DatabaseSync(String(workerData))
tuneWriter(database)
const move = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)

function checkpoint(): void {
  const moved = move.get()
  // the first commit after a complete checkpoint restarts the log and flushes its first page
  if (moved?.log === moved?.checkpointed)
    database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${version}; COMMIT`)
}

parentPort?.on('message', (order: 'checkpoint' | 'close') => {
  try {
    if (order === 'checkpoint') checkpoint()
  } catch {
    // a full disk: the log keeps every commit
    if (database.isTransaction) database.exec('ROLLBACK')
  }
  if (order === 'checkpoint') return parentPort?.postMessage('done')
  database.close()
  parentPort?.close()
})
