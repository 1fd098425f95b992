/** The schema of the first release. The tables are described in the package's README. */
const FIRST_SCHEMA = `
  CREATE TABLE inbox (
    bot INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state = 'new' OR state = 'done' OR state = 'parked'),
    tries INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL,
    payload TEXT,
    reason TEXT,
    PRIMARY KEY (bot, update_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inbox_parked ON inbox (bot, sequence) WHERE state = 'parked';

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    bot INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    interim_key TEXT,
    part INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    content TEXT NOT NULL,
    bytes BLOB,
    policy TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'unsent' OR state = 'sending' OR state = 'sent' OR state = 'failed' OR state = 'held'),
    sent_message_id INTEGER,
    reason TEXT,
    created_at INTEGER NOT NULL,
    is_broadcast INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX outbox_interim ON outbox (bot, update_id, interim_key, part) WHERE interim_key IS NOT NULL;

  CREATE TABLE plugin_store (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at INTEGER,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX plugin_store_expiry ON plugin_store (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE rolling_store (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at INTEGER,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rolling_store_expiry ON rolling_store (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX rolling_store_age ON rolling_store (owner, written_at);

  CREATE TABLE plugin_chats (
    bot INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    chat_id INTEGER NOT NULL,
    PRIMARY KEY (bot, plugin, chat_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE chat_switches (
    bot INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    PRIMARY KEY (bot, chat_id, plugin)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE chat_settings (
    bot INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (bot, chat_id, plugin, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE access_parties (
    bot INTEGER NOT NULL,
    id INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('owner', 'trusted', 'allowed', 'blocked', 'unknown')),
    name TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    told_at INTEGER,
    PRIMARY KEY (bot, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE schedules (
    bot INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    anchor INTEGER NOT NULL,
    next_slot INTEGER,
    last_slot INTEGER,
    is_paused INTEGER NOT NULL,
    used TEXT NOT NULL,
    PRIMARY KEY (bot, plugin, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ai_usage (
    bot INTEGER NOT NULL,
    period TEXT NOT NULL,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    is_cheaper INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    PRIMARY KEY (bot, period, scope, name, is_cheaper)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ai_choice (
    bot INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('chat', 'user')),
    id INTEGER NOT NULL,
    model TEXT NOT NULL,
    PRIMARY KEY (bot, kind, id)
  ) STRICT, WITHOUT ROWID;
`

/** Each sent message knows its plugin. Rowids follow time, so the oldest are found without an index. */
const AUTHORS = `
  ALTER TABLE outbox ADD COLUMN plugin TEXT;

  CREATE TABLE sent_messages (
    id INTEGER PRIMARY KEY,
    bot INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    sent_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX sent_messages_place ON sent_messages (bot, chat_id, message_id);

  CREATE TABLE chat_moves (
    bot INTEGER NOT NULL,
    from_id INTEGER NOT NULL,
    to_id INTEGER NOT NULL,
    PRIMARY KEY (bot, from_id)
  ) STRICT, WITHOUT ROWID;
`

/** Who may chat is decided by chat as well, and people are found by their public name. */
const PEOPLE = `
  ALTER TABLE access_parties ADD COLUMN username TEXT;

  CREATE TABLE access_mode (
    bot INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('owners', 'listed', 'everyone'))
  ) STRICT;
`

/** Each message of an answer knows what it answers, so that an answer can be replaced. */
const QUESTIONS = `
  ALTER TABLE outbox ADD COLUMN question_id INTEGER;
  ALTER TABLE sent_messages ADD COLUMN question_id INTEGER;
`

/** The time zones of users, and of groups, whose ids are negative. */
const TIME_ZONES = `
  CREATE TABLE time_zones (
    bot INTEGER NOT NULL,
    id INTEGER NOT NULL,
    zone TEXT NOT NULL,
    PRIMARY KEY (bot, id)
  ) STRICT, WITHOUT ROWID;
`

/** What some messages went through: for each plugin and day the last failed, the slowest and the dearest. */
const KEPT_JOURNEYS = `
  CREATE TABLE kept_journeys (
    bot INTEGER NOT NULL,
    day TEXT NOT NULL,
    plugin TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('failed', 'slowest', 'dearest')),
    value REAL NOT NULL,
    update_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    journey TEXT NOT NULL,
    PRIMARY KEY (bot, day, plugin, reason)
  ) STRICT, WITHOUT ROWID;
`

/**
 * Each step migrates the schema by one version; a released step never changes.
 *
 * Tables that every message writes have few indexes, and their CHECKs compare with `=`: for an `IN`
 * list SQLite fills a temporary table for each row.
 */
export const MIGRATIONS: readonly string[] = [
  FIRST_SCHEMA,
  AUTHORS,
  PEOPLE,
  QUESTIONS,
  TIME_ZONES,
  KEPT_JOURNEYS,
]

/** The schema version that this release writes. */
export const SCHEMA_VERSION = MIGRATIONS.length
