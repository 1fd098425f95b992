import type { DatabaseSync } from 'node:sqlite'
import type { SentMessage } from '@pluggram/sdk'
import { OWN_MESSAGE } from '@pluggram/sdk/runtime'
import type { OutboxRow } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'

const KEEP_MS = 90 * 24 * 60 * 60 * 1_000
/** Answers are looked for among that many messages behind the question. */
const SEARCHED_BEHIND = 1_000
/** Rows read by one clean-up, so that it never takes long. */
const CLEANED_AT_ONCE = 20_000
/** How many sent rows stay in the outbox: enough to share pages of the table, few enough to move within 3 ms. */
const MOVED_AT_ONCE = 1_024

/** A sent message whose row is still in the outbox. */
interface Recent {
  readonly rowId: number
  readonly chatId: number
  readonly id: number
  readonly plugin: string
  readonly questionId: number | undefined
  readonly sentAt: number
}

/**
 * The authors of one bot's sent messages. The table is sorted by chat, so a row of its own for each
 * message would write a whole page for each. So sent rows stay in the outbox for a while, and many move
 * together:
 *
 *   outbox: unsent ──markSent──▶ sent ──1,024 of them──▶ sent_messages ──90 days──▶ forgotten
 */
export class SqliteSentMessages {
  readonly #queue: CommitQueue
  /** What lookups find in the outbox, oldest first. */
  #recent: Recent[]
  #isMoving = false
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
    this.#recent = this.#statements.recent.all().map(toRecent)
  }

  authorOf(chatId: number, messageId: number): string | undefined {
    const author = this.#statements.select.get(chatId, messageId)?.plugin
    if (author !== undefined) return String(author)
    return this.#recentAuthor(chatId, messageId)
  }

  /** Within a transaction: marks a row of the outbox as sent. */
  markSent(row: Pick<OutboxRow, 'id' | 'plugin' | 'questionId'>, { chatId, id }: SentMessage): void {
    this.#statements.sent.run(chatId, id, row.id)
    const { plugin = OWN_MESSAGE, questionId } = row
    this.#recent.push({ rowId: row.id, chatId, id, plugin, questionId, sentAt: this.#now() })
    if (this.#recent.length >= MOVED_AT_ONCE) void this.#move()
  }

  /** Within a transaction. The first author stays, whoever edits the message later. */
  insert(plugin: string, { chatId, id }: SentMessage, questionId?: number): void {
    const author = this.#recentAuthor(chatId, id) ?? plugin
    this.#statements.insert.run(
      chatId,
      id,
      author,
      author === plugin ? (questionId ?? null) : null,
      this.#now(),
    )
  }

  answersTo(chatId: number, questionId: number, plugin: string): number[] {
    const { answers } = this.#statements
    const rows = answers.all(chatId, questionId, questionId + SEARCHED_BEHIND, questionId, plugin)
    const moved = rows.map((row) => Number(row.message_id))
    const recent = this.#recent
      .filter((sent) => sent.chatId === chatId && sent.questionId === questionId)
      .map(({ id }) => id)
      .filter((id) => this.authorOf(chatId, id) === plugin)
    return [...new Set([...moved, ...recent])].toSorted((one, other) => one - other)
  }

  note(plugin: string, messages: readonly SentMessage[]): Promise<void> {
    return this.#queue.writeLight(() => {
      for (const sent of messages) this.insert(plugin, sent)
    })
  }

  async forgetOld(): Promise<void> {
    await this.#move()
    const before = this.#now() - KEEP_MS
    await this.#queue.writeLight(() => this.#statements.forget.run(before))
  }

  #recentAuthor(chatId: number, messageId: number): string | undefined {
    return this.#recent.find(({ id, chatId: chat }) => id === messageId && chat === chatId)?.plugin
  }

  async #move(): Promise<void> {
    if (this.#isMoving || this.#recent.length === 0) return
    this.#isMoving = true
    const moved = this.#recent.slice()
    try {
      await this.#queue.writeLight(() => {
        for (const { rowId, chatId, id, plugin, questionId, sentAt } of moved.toSorted(byPlace)) {
          this.#statements.insert.run(chatId, id, plugin, questionId ?? null, sentAt)
          this.#statements.delete.run(rowId)
        }
      })
      this.#recent = this.#recent.slice(moved.length)
    } catch {
      // the disk may be full; they move with the next ones
    } finally {
      this.#isMoving = false
    }
  }
}

/** By page of the table; of two records of a message the first counts. */
function byPlace(one: Recent, other: Recent): number {
  return one.chatId - other.chatId || one.id - other.id || one.rowId - other.rowId
}

function toRecent(row: Record<string, unknown>): Recent {
  return {
    rowId: Number(row.id),
    chatId: Number(row.chat_id),
    id: Number(row.sent_message_id),
    plugin: String(row.plugin ?? OWN_MESSAGE),
    questionId: row.question_id === null ? undefined : Number(row.question_id),
    sentAt: Number(row.created_at),
  }
}

function prepare(connection: DatabaseSync, bot: string) {
  return {
    select: connection.prepare(
      `SELECT plugin FROM sent_messages WHERE bot = ${bot} AND chat_id = ? AND message_id = ?`,
    ),
    recent: connection.prepare(
      `SELECT id, chat_id, sent_message_id, plugin, question_id, created_at FROM outbox
       WHERE bot = ${bot} AND state = 'sent' AND interim_key IS NULL ORDER BY id`,
    ),
    sent: connection.prepare(
      "UPDATE outbox SET state = 'sent', content = '', bytes = NULL, chat_id = ?, sent_message_id = ? WHERE id = ?",
    ),
    delete: connection.prepare('DELETE FROM outbox WHERE id = ?'),
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
