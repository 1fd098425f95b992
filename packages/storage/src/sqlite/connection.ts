import type { DatabaseSync } from 'node:sqlite'

/**
 * At most 1 MiB of log, a quarter of SQLite's default. On a nearly full disk acknowledged updates
 * must still fit, and a checkpoint needs space too. The cost was not measurable.
 */
export const CHECKPOINT_PAGES = 256
/** A log that grew during a long read is truncated to this size when it restarts. */
const KEPT_LOG_BYTES = 2 * 1024 * 1024
/** How long a connection waits while another one writes. */
const BUSY_MS = 5_000

const TUNING = `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${KEPT_LOG_BYTES}`
/** For a connection whose commits do not flush: `WriteLog` flushes and checkpoints. */
export const WRITER_TUNING = `${TUNING}; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL`

/** Applies the settings of every connection to the assistant's database. */
export function tuneConnection(database: DatabaseSync): void {
  database.exec(TUNING)
}
