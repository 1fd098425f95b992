import type { DatabaseSync } from 'node:sqlite'

/**
 * A log of 1 MiB at most, where SQLite would let it grow to 4: what was acknowledged must still fit on a disk that is
 * nearly full, and moving the log's pages into the database needs space too. Costs no time that could be measured.
 */
const CHECKPOINT_PAGES = 256
/** How long a connection waits while another one writes. */
const BUSY_MS = 5_000

/** Sets what every connection to the assistant's database keeps to. */
export function tuneConnection(database: DatabaseSync): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
}
