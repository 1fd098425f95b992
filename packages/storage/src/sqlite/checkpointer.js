/**
 * A thread that moves commits from the log into the database file. That takes several flushes,
 * which here do not block the assistant.
 *
 * Plain JavaScript: a thread that reads TypeScript loads what removes the types, 12 MB of memory.
 */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const { file, tuning } = workerData
const database = new DatabaseSync(file)
database.exec(tuning)
const move = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)

function checkpoint() {
  const moved = move.get()
  // after a complete checkpoint, the next commit restarts the log and flushes its first page; do it
  // here
  if (moved?.log === moved?.checkpointed)
    database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${version}; COMMIT`)
}

parentPort?.on('message', (order) => {
  try {
    if (order === 'checkpoint') checkpoint()
  } catch {
    // the disk may be full; the log still has every commit
    if (database.isTransaction) database.exec('ROLLBACK')
  }
  if (order === 'checkpoint') return parentPort?.postMessage('done')
  database.close()
  parentPort?.close()
})
