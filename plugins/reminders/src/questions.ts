import { z } from '@pluggram/sdk'
import type { DatabaseService } from '@pluggram/sdk'

/** A question to a person in a chat; there is one at a time. */
export interface Question {
  readonly id: number
  readonly userId: number
  readonly chatId: number
  readonly topicId: number
  /** What to remind of, when the time is missing. */
  readonly what: string | undefined
  /** The reminder that waits already, when only its words are missing. */
  readonly reminderId: number | undefined
  readonly askedAt: number
}

type Place = Pick<Question, 'userId' | 'chatId' | 'topicId'>

/** A message after this time is no answer any more; a button still is. */
const ANSWER_MS = 15 * 60_000
/** Then the buttons do nothing any more. */
const KEEP_MS = 30 * 86_400_000

/** In memory; further ones are answered by their buttons. */
const MAX_OPEN = 5_000

const rowSchema = z
  .object({
    id: z.number(),
    user_id: z.number(),
    chat_id: z.number(),
    topic_id: z.number(),
    what: z.string().nullable(),
    reminder_id: z.number().nullable(),
    asked_at: z.number(),
  })
  .transform((row): Question => ({
    id: row.id,
    userId: row.user_id,
    chatId: row.chat_id,
    topicId: row.topic_id,
    what: row.what ?? undefined,
    reminderId: row.reminder_id ?? undefined,
    askedAt: row.asked_at,
  }))

const COLUMNS = 'id, user_id, chat_id, topic_id, what, reminder_id, asked_at'

/**
 * Questions that wait for an answer. They are on disk; in memory is what each message is compared
 * with, so that a message to nobody costs no query.
 */
export class Questions {
  readonly #database: DatabaseService
  readonly #open = new Map<string, Question>()

  constructor(database: DatabaseService) {
    this.#database = database
  }

  /** Reads what earlier runs asked. */
  async load(now: number): Promise<void> {
    await this.#database.query('DELETE FROM questions WHERE asked_at < ?', [now - KEEP_MS])
    const rows = await this.#database.query(`SELECT ${COLUMNS} FROM questions WHERE asked_at > ?`, [
      now - ANSWER_MS,
    ])
    for (const row of rows) this.#remember(rowSchema.parse(row))
  }

  /** The question that a message may answer. */
  openFor(place: Place, now: number): Question | undefined {
    const question = this.#open.get(keyOf(place))
    if (question && now - question.askedAt > ANSWER_MS) this.#open.delete(keyOf(place))
    else return question
    return undefined
  }

  /** Asks; an earlier question of that person in that chat is dropped. */
  async ask(question: Omit<Question, 'id'>): Promise<number> {
    const { userId, chatId, topicId, what, reminderId, askedAt } = question
    const { lastInsertId } = await this.#database.execute(
      'INSERT OR REPLACE INTO questions (user_id, chat_id, topic_id, what, reminder_id, asked_at) VALUES (?, ?, ?, ?, ?, ?)',
      [userId, chatId, topicId, what ?? null, reminderId ?? null, askedAt],
    )
    const id = Number(lastInsertId)
    this.#remember({ ...question, id })
    return id
  }

  /** A question by its button, for the person whom it was put to. */
  async find(id: number, userId: number): Promise<Question | undefined> {
    const [row] = await this.#database.query(
      `SELECT ${COLUMNS} FROM questions WHERE id = ? AND user_id = ?`,
      [id, userId],
    )
    return row && rowSchema.parse(row)
  }

  /** Two answers at once: only the first gets true. */
  async close(question: Question): Promise<boolean> {
    if (this.#open.get(keyOf(question))?.id === question.id) this.#open.delete(keyOf(question))
    const { changes } = await this.#database.execute('DELETE FROM questions WHERE id = ?', [question.id])
    return changes > 0
  }

  /** Lets a message be the answer once more. */
  async askAgain(question: Question, now: number): Promise<void> {
    await this.#database.query('UPDATE questions SET asked_at = ? WHERE id = ?', [now, question.id])
    this.#remember({ ...question, askedAt: now })
  }

  forget(userId: number): void {
    for (const [key, question] of this.#open) if (question.userId === userId) this.#open.delete(key)
  }

  #remember(question: Question): void {
    const [oldest] = this.#open.keys()
    if (this.#open.size >= MAX_OPEN && oldest !== undefined) this.#open.delete(oldest)
    this.#open.set(keyOf(question), question)
  }
}

function keyOf({ userId, chatId, topicId }: Place): string {
  return `${chatId}:${topicId}:${userId}`
}
