/**
 * The thread that moves what is committed from the log into the database file. That waits for the disk several times;
 * here nobody waits with it.
 */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { tuneWriter } from './connection.ts'

const database = new DatabaseSync(String(workerData))
tuneWriter(database)
const move = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)

function checkpoint(): void {
  const moved = move.get()
  // the first commit behind a whole checkpoint begins the log anew, and waits until the disk has its first page
  if (moved?.log === moved?.checkpointed)
    database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${version}; COMMIT`)
}

parentPort?.on('message', (order: 'checkpoint' | 'close') => {
  try {
    if (order === 'checkpoint') checkpoint()
  } catch {
    // a full disk: the log stays as it is, and every commit is in it
    if (database.isTransaction) database.exec('ROLLBACK')
  }
  if (order === 'checkpoint') return parentPort?.postMessage('done')
  database.close()
  parentPort?.close()
})
