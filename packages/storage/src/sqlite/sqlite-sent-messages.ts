import type { DatabaseSync } from 'node:sqlite'
import type { SentMessage } from '@pluggram/sdk'
import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'

const KEEP_MS = 90 * 24 * 60 * 60 * 1_000
/** Answers are looked for among that many messages behind the question. */
const SEARCHED_BEHIND = 1_000
/** Rows read by one clean-up, so that it never takes long. */
const CLEANED_AT_ONCE = 20_000

/** The authors of one bot's sent messages. */
export class SqliteSentMessages {
  readonly #queue: CommitQueue
  readonly #now: () => number
  readonly #statements: ReturnType<typeof prepare>

  /** @param connection the queue's connection */
  constructor(
    connection: DatabaseSync,
    queue: CommitQueue,
    { bot, now }: { readonly bot: number; readonly now: () => number },
  ) {
    this.#queue = queue
    this.#now = now
    this.#statements = prepare(connection, botInSql(bot))
  }

  authorOf(chatId: number, messageId: number): string | undefined {
    const author = this.#statements.select.get(chatId, messageId)?.plugin
    return author === undefined ? undefined : String(author)
  }

  /** Within a transaction. The first author stays, whoever edits the message later. */
  insert(plugin: string, { chatId, id }: SentMessage, questionId?: number): void {
    this.#statements.insert.run(chatId, id, plugin, questionId ?? null, this.#now())
  }

  answersTo(chatId: number, questionId: number, plugin: string): number[] {
    const { answers } = this.#statements
    const rows = answers.all(chatId, questionId, questionId + SEARCHED_BEHIND, questionId, plugin)
    return rows.map((row) => Number(row.message_id))
  }

  note(plugin: string, messages: readonly SentMessage[]): Promise<void> {
    return this.#queue.writeLight(() => {
      for (const sent of messages) this.insert(plugin, sent)
    })
  }

  async forgetOld(): Promise<void> {
    const before = this.#now() - KEEP_MS
    await this.#queue.writeLight(() => this.#statements.forget.run(before))
  }
}

function prepare(connection: DatabaseSync, bot: string) {
  return {
    select: connection.prepare(
      `SELECT plugin FROM sent_messages WHERE bot = ${bot} AND chat_id = ? AND message_id = ?`,
    ),
    // a preview is recorded before it is known to be the answer
    insert: connection.prepare(
      `INSERT INTO sent_messages (bot, chat_id, message_id, plugin, question_id, sent_at) VALUES (${bot}, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET question_id = excluded.question_id
       WHERE question_id IS NULL AND plugin = excluded.plugin`,
    ),
    answers: connection.prepare(
      `SELECT message_id FROM sent_messages
       WHERE bot = ${bot} AND chat_id = ? AND message_id > ? AND message_id <= ? AND question_id = ? AND plugin = ?
       ORDER BY message_id`,
    ),
    forget: connection.prepare(
      `DELETE FROM sent_messages
       WHERE id < (SELECT min(id) FROM sent_messages) + ${CLEANED_AT_ONCE} AND sent_at < ?`,
    ),
  }
}
