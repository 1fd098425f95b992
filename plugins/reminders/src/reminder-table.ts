import { z } from '@pluggram/sdk'
import type { DatabaseService, SqlParameter } from '@pluggram/sdk'
import { repeatSchema } from './time/repeat.ts'
import type { Repeat } from './time/repeat.ts'

/** A stored reminder. */
export interface Reminder {
  readonly id: number
  readonly userId: number
  readonly chatId: number
  readonly topicId: number | undefined
  readonly what: string
  readonly due: Date
  readonly repeat?: Repeat | undefined
  /** IETF tag of the language of its buttons; English without one. */
  readonly language?: string | undefined
}

const rowSchema = z
  .object({
    id: z.number(),
    user_id: z.number(),
    chat_id: z.number(),
    topic_id: z.number().nullable(),
    what: z.string(),
    due_at: z.number(),
    repeat: z
      .string()
      .nullable()
      .transform((text) => (text === null ? undefined : repeatSchema.parse(JSON.parse(text)))),
    language: z.string().nullable(),
  })
  .transform((row): Reminder => ({
    id: row.id,
    userId: row.user_id,
    chatId: row.chat_id,
    topicId: row.topic_id ?? undefined,
    what: row.what,
    due: new Date(row.due_at),
    repeat: row.repeat,
    language: row.language ?? undefined,
  }))

const MIGRATIONS = [
  `CREATE TABLE reminders (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     user_id INTEGER NOT NULL,
     chat_id INTEGER NOT NULL,
     topic_id INTEGER,
     what TEXT NOT NULL,
     due_at INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'cancelled'))
   );
   CREATE INDEX reminders_open ON reminders (user_id, due_at) WHERE state = 'waiting';
   CREATE INDEX reminders_due ON reminders (due_at) WHERE state = 'waiting';
   CREATE TABLE zones (user_id INTEGER PRIMARY KEY, zone TEXT NOT NULL);`,
  `ALTER TABLE reminders ADD COLUMN repeat TEXT;
   CREATE TABLE questions (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     user_id INTEGER NOT NULL,
     chat_id INTEGER NOT NULL,
     topic_id INTEGER NOT NULL,
     what TEXT,
     reminder_id INTEGER,
     asked_at INTEGER NOT NULL,
     UNIQUE (user_id, chat_id, topic_id)
   );`,
  // the assistant took the zones over when it started
  'DROP TABLE zones',
  'ALTER TABLE reminders ADD COLUMN language TEXT',
]
const COLUMNS = 'id, user_id, chat_id, topic_id, what, due_at, repeat, language'
/** Sent reminders are deleted after this time; until then they can be snoozed. */
const KEEP_MS = 30 * 86_400_000

/** The reminders of all users. */
export class ReminderTable {
  readonly #database: DatabaseService

  constructor(database: DatabaseService) {
    this.#database = database
  }

  async prepare(): Promise<void> {
    await this.#database.migrate(MIGRATIONS)
  }

  async add(reminder: Omit<Reminder, 'id'>): Promise<number> {
    const { userId, chatId, topicId, what, due, repeat, language } = reminder
    const { lastInsertId } = await this.#database.execute(
      "INSERT INTO reminders (user_id, chat_id, topic_id, what, due_at, repeat, language, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting')",
      [
        userId,
        chatId,
        topicId ?? null,
        what,
        due.getTime(),
        repeat ? JSON.stringify(repeat) : null,
        language ?? null,
      ],
    )
    return Number(lastInsertId)
  }

  /** Deletes all of a user's reminders. Returns their number. */
  async forget(userId: number): Promise<number> {
    const all = await this.#select('WHERE user_id = ?', [userId])
    await this.#database.transaction([
      { sql: 'DELETE FROM reminders WHERE user_id = ?', params: [userId] },
      { sql: 'DELETE FROM questions WHERE user_id = ?', params: [userId] },
    ])
    return all.length
  }

  async waitingFor(userId: number): Promise<readonly Reminder[]> {
    return this.#select("WHERE user_id = ? AND state = 'waiting' ORDER BY due_at", [userId])
  }

  /** All waiting reminders that are due, oldest first. */
  async dueBefore(time: Date): Promise<readonly Reminder[]> {
    return this.#select("WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 100", [time.getTime()])
  }

  async findWaiting(id: number): Promise<Reminder | undefined> {
    const [reminder] = await this.#select("WHERE id = ? AND state = 'waiting'", [id])
    return reminder
  }

  /** A reminder of that user, unless it was cancelled. */
  async findOwn(id: number, userId: number): Promise<Reminder | undefined> {
    const [reminder] = await this.#select("WHERE id = ? AND user_id = ? AND state <> 'cancelled'", [
      id,
      userId,
    ])
    return reminder
  }

  async putOff(id: number, due: Date): Promise<void> {
    await this.#database.query("UPDATE reminders SET due_at = ?, state = 'waiting' WHERE id = ?", [
      due.getTime(),
      id,
    ])
  }

  /** Gives a waiting reminder another time, and another repeat or none. */
  async move(id: number, due: Date, repeat: Repeat | undefined): Promise<void> {
    await this.#database.query('UPDATE reminders SET due_at = ?, repeat = ? WHERE id = ?', [
      due.getTime(),
      repeat ? JSON.stringify(repeat) : null,
      id,
    ])
  }

  async rename(id: number, what: string): Promise<void> {
    await this.#database.query('UPDATE reminders SET what = ? WHERE id = ?', [what, id])
  }

  async close(id: number, state: 'sent' | 'cancelled'): Promise<void> {
    await this.#database.query('UPDATE reminders SET state = ? WHERE id = ?', [state, id])
  }

  async forgetOld(now: Date): Promise<void> {
    await this.#database.query("DELETE FROM reminders WHERE state <> 'waiting' AND due_at < ?", [
      now.getTime() - KEEP_MS,
    ])
  }

  async #select(where: string, params: readonly SqlParameter[]): Promise<readonly Reminder[]> {
    const rows = await this.#database.query(`SELECT ${COLUMNS} FROM reminders ${where}`, params)
    return rows.map((row) => rowSchema.parse(row))
  }
}
