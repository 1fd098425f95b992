import { z } from '@pluggram/sdk'
import type { DatabaseService } from '@pluggram/sdk'

/** A job that was created in a chat. */
export interface Job {
  readonly id: number
  readonly chatId: number
  readonly topicId: number | undefined
  /** The times as written by the user. */
  readonly words: string
  readonly kind: 'message' | 'prompt'
  readonly text: string
}

const rowSchema = z
  .object({
    id: z.number(),
    chat_id: z.number(),
    topic_id: z.number().nullable(),
    words: z.string(),
    kind: z.enum(['message', 'prompt']),
    text: z.string(),
  })
  .transform(({ id, chat_id: chatId, topic_id: topicId, words, kind, text }): Job => ({
    id,
    chatId,
    topicId: topicId ?? undefined,
    words,
    kind,
    text,
  }))

const COLUMNS = 'id, chat_id, topic_id, words, kind, text'

/** The jobs that were created in chats. */
export class JobTable {
  readonly #database: DatabaseService

  constructor(database: DatabaseService) {
    this.#database = database
  }

  async prepare(): Promise<void> {
    await this.#database.migrate([
      `CREATE TABLE jobs (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         chat_id INTEGER NOT NULL,
         topic_id INTEGER,
         words TEXT NOT NULL,
         kind TEXT NOT NULL,
         text TEXT NOT NULL,
         created_by INTEGER NOT NULL
       )`,
    ])
  }

  async add({ chatId, topicId, words, kind, text }: Omit<Job, 'id'>, createdBy: number): Promise<number> {
    const { lastInsertId } = await this.#database.execute(
      'INSERT INTO jobs (chat_id, topic_id, words, kind, text, created_by) VALUES (?, ?, ?, ?, ?, ?)',
      [chatId, topicId ?? null, words, kind, text, createdBy],
    )
    return Number(lastInsertId)
  }

  async all(): Promise<readonly Job[]> {
    const rows = await this.#database.query(`SELECT ${COLUMNS} FROM jobs ORDER BY id`)
    return rows.map((row) => rowSchema.parse(row))
  }

  async find(id: number): Promise<Job | undefined> {
    const [row] = await this.#database.query(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`, [id])
    return row && rowSchema.parse(row)
  }

  async remove(id: number): Promise<void> {
    await this.#database.query('DELETE FROM jobs WHERE id = ?', [id])
  }
}
