import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorMessage, PluggramError } from '@pluggram/sdk'

/** Each step takes the schema one version up; steps are never changed after a release. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE plugin_store (
     plugin TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     expires_at INTEGER,
     PRIMARY KEY (plugin, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX plugin_store_expiry ON plugin_store (expires_at) WHERE expires_at IS NOT NULL;`,
  `CREATE TABLE inbox (
     update_id INTEGER PRIMARY KEY,
     sequence INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('new', 'done', 'parked')),
     tries INTEGER NOT NULL DEFAULT 0,
     received_at INTEGER NOT NULL,
     payload TEXT,
     reason TEXT
   ) STRICT;
   CREATE INDEX inbox_open ON inbox (sequence) WHERE state <> 'done';
   CREATE INDEX inbox_age ON inbox (received_at);
   CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     update_id INTEGER NOT NULL,
     interim_key TEXT,
     part INTEGER NOT NULL,
     chat_id INTEGER NOT NULL,
     content TEXT NOT NULL,
     bytes BLOB,
     policy TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('unsent', 'sending', 'sent', 'failed')),
     sent_message_id INTEGER,
     reason TEXT,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('unsent', 'sending');
   CREATE UNIQUE INDEX outbox_interim ON outbox (update_id, interim_key, part) WHERE interim_key IS NOT NULL;
   CREATE INDEX outbox_age ON outbox (created_at) WHERE state = 'failed';`,
]

/**
 * Opens (and creates) the assistant's database file in WAL mode with `synchronous=FULL`: what was written
 * survives a power loss.
 * @throws PluggramError `startup-failed` when the file cannot be opened, is no database, or was written by a
 * newer release; the file is left as it is.
 */
export function openSqliteDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
    database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;')
    migrate(database, file)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof PluggramError) throw error
    throw new PluggramError(
      'startup-failed',
      `The database ${file} cannot be opened: ${errorMessage(error)}. Check that the folder is writable and the disk is not full; a damaged file can be moved aside, the assistant then starts with an empty one.`,
      { cause: error },
    )
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const row = database.prepare('PRAGMA user_version').get()
  const version = Number(row?.user_version ?? 0)
  if (version > MIGRATIONS.length) {
    throw new PluggramError(
      'startup-failed',
      `The database ${file} has schema version ${version}, but this release knows only ${MIGRATIONS.length}: it was written by a newer Pluggram. Start that release, or choose another home.`,
    )
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue
    database.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`)
  }
}
