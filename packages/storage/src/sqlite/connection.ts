import type { DatabaseSync } from 'node:sqlite'

/**
 * A log of 1 MiB at most, where SQLite would let it grow to 4: what was acknowledged must still fit on a disk that is
 * nearly full, and moving the log's pages into the database needs space too. Costs no time that could be measured.
 */
export const CHECKPOINT_PAGES = 256
/** What a long read made of the log is given back when the log begins anew. */
const KEPT_LOG_BYTES = 2 * 1024 * 1024
/** How long a connection waits while another one writes. */
const BUSY_MS = 5_000

/** Sets what every connection to the assistant's database keeps to. */
export function tuneConnection(database: DatabaseSync): void {
  database.exec(
    `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${KEPT_LOG_BYTES}`,
  )
}

/** The same for a connection whose commits wait for no disk: somebody else waits, and empties the log. */
export function tuneWriter(database: DatabaseSync): void {
  tuneConnection(database)
  database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL')
}
