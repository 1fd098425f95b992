/** Each step takes the schema one version up; steps are never changed after a release. */
export const MIGRATIONS: readonly string[] = [
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
  `ALTER TABLE outbox ADD COLUMN is_broadcast INTEGER NOT NULL DEFAULT 0;
   DROP INDEX outbox_age;
   CREATE INDEX outbox_age ON outbox (created_at) WHERE state IN ('failed', 'sent');
   CREATE TABLE plugin_chats (
     plugin TEXT NOT NULL,
     chat_id INTEGER NOT NULL,
     PRIMARY KEY (plugin, chat_id)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE access_parties (
     id INTEGER PRIMARY KEY,
     standing TEXT NOT NULL CHECK (standing IN ('owner', 'trusted', 'allowed', 'blocked', 'unknown')),
     name TEXT NOT NULL,
     noted_at INTEGER NOT NULL,
     told_at INTEGER
   ) STRICT;
   CREATE TABLE chat_switches (
     chat_id INTEGER NOT NULL,
     plugin TEXT NOT NULL,
     PRIMARY KEY (chat_id, plugin)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE plugin_settings (
     plugin TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (plugin, key)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE ai_usage (
     period TEXT NOT NULL,
     scope TEXT NOT NULL,
     name TEXT NOT NULL,
     is_cheaper INTEGER NOT NULL,
     tokens INTEGER NOT NULL,
     micros INTEGER NOT NULL,
     PRIMARY KEY (period, scope, name, is_cheaper)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE ai_reservation (
     id INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     accounts TEXT NOT NULL,
     tokens INTEGER NOT NULL,
     micros INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE ai_choice (
     kind TEXT NOT NULL CHECK (kind IN ('chat', 'user')),
     id INTEGER NOT NULL,
     model TEXT NOT NULL,
     PRIMARY KEY (kind, id)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE chat_settings (
     chat_id INTEGER NOT NULL,
     plugin TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (chat_id, plugin, key)
   ) STRICT, WITHOUT ROWID;
   DROP TABLE plugin_settings;`,
  // What every message costs: a list behind IN makes SQLite fill a table of its own for each row that is checked,
  // and an index that only a start or a clean-up reads is written twice for every message.
  `CREATE TABLE lean_inbox (
     update_id INTEGER PRIMARY KEY,
     sequence INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state = 'new' OR state = 'done' OR state = 'parked'),
     tries INTEGER NOT NULL DEFAULT 0,
     received_at INTEGER NOT NULL,
     payload TEXT,
     reason TEXT
   ) STRICT;
   INSERT INTO lean_inbox SELECT update_id, sequence, state, tries, received_at, payload, reason FROM inbox;
   DROP TABLE inbox;
   ALTER TABLE lean_inbox RENAME TO inbox;
   CREATE INDEX inbox_parked ON inbox (sequence) WHERE state = 'parked';
   CREATE TABLE lean_outbox (
     id INTEGER PRIMARY KEY,
     update_id INTEGER NOT NULL,
     interim_key TEXT,
     part INTEGER NOT NULL,
     chat_id INTEGER NOT NULL,
     content TEXT NOT NULL,
     bytes BLOB,
     policy TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state = 'unsent' OR state = 'sending' OR state = 'sent' OR state = 'failed'),
     sent_message_id INTEGER,
     reason TEXT,
     created_at INTEGER NOT NULL,
     is_broadcast INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   INSERT INTO lean_outbox SELECT id, update_id, interim_key, part, chat_id, content, bytes, policy, state,
     sent_message_id, reason, created_at, is_broadcast FROM outbox;
   DROP TABLE outbox;
   ALTER TABLE lean_outbox RENAME TO outbox;
   CREATE UNIQUE INDEX outbox_interim ON outbox (update_id, interim_key, part) WHERE interim_key IS NOT NULL;`,
]
