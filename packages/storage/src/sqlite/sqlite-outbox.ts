import type { DatabaseSync } from 'node:sqlite'
import type { SentMessage } from '@pluggram/sdk'
import { OWN_MESSAGE, POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { DeliveryPolicy, OutboxRow, OutgoingMessage } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'
import { readPages } from './read-pages.ts'
import type { SqliteInbox } from './sqlite-inbox.ts'
import type { SqliteSentMessages } from './sqlite-sent-messages.ts'

/** How long failed parts stay visible. */
const KEEP_FAILED_MS = 7 * 24 * 60 * 60 * 1_000

/** Keys of interim replies begin with the name of a plugin, so none is like this. */
const PREVIEW_KEY = ' preview'

/** The inbox, in which an answered update is marked as done. */
type Inbox = Pick<SqliteInbox, 'finishing' | 'finish'>

export interface OutboxOptions {
  /** Records the author of each sent message. */
  readonly authors: SqliteSentMessages
  /** The bot whose messages these are. */
  readonly bot: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly inbox: Inbox
}

/**
 * One bot's rows of the outbox; other bots' rows stay untouched. A final part that is sent soon leaves for the
 * table of sent messages. An interim part stays until its update is finished, so that a retry knows what was sent.
 *
 *   unsent ──▶ (sending, at-most-once only) ──▶ sent | failed
 *     ▲ held: restored from a backup, until the owner decides
 */
export class SqliteOutbox {
  readonly #queue: CommitQueue
  readonly #inbox: Inbox
  readonly #writes: ReturnType<typeof prepareWrites>
  readonly #reads: ReturnType<typeof prepareReads>
  readonly #now: () => number
  readonly #authors: SqliteSentMessages
  /**
   * Updates with interim parts, and those parts. Most updates have none and need no statement for
   * them.
   */
  readonly #interimUpdates = new Set<number>()
  readonly #interimRows = new Set<number>()
  #lastId: number

  /** @param connection the queue's connection */
  constructor(connection: DatabaseSync, queue: CommitQueue, { bot, now, inbox, authors }: OutboxOptions) {
    this.#queue = queue
    this.#inbox = inbox
    this.#writes = prepareWrites(connection, botInSql(bot))
    this.#reads = prepareReads(connection, botInSql(bot))
    this.#now = now
    this.#authors = authors
    this.#lastId = Number(this.#reads.lastId.get()?.last ?? 0)
    for (const { id, update_id: updateId } of this.#reads.allInterim.all()) {
      this.#interimUpdates.add(Number(updateId))
      this.#interimRows.add(Number(id))
    }
  }

  /** Marks an update done and stores its answer, in one transaction. */
  finish(updateId: number, messages: readonly OutgoingMessage[]): Promise<OutboxRow[]> {
    const rows = this.#toRows(updateId, messages)
    this.#inbox.finishing(updateId)
    const written = this.#queue.write(() => {
      this.#insertAll(rows, null)
      if (this.#interimUpdates.has(updateId)) this.#writes.deleteSentInterim.run(updateId)
      this.#inbox.finish(updateId)
    })
    return written.then(() => {
      this.#interimUpdates.delete(updateId)
      return rows
    })
  }

  /** Stores messages that answer no update. */
  async post(messages: readonly OutgoingMessage[]): Promise<OutboxRow[]> {
    const rows = this.#toRows(POSTED_UPDATE_ID, messages)
    await this.#queue.write(() => this.#insertAll(rows, null))
    return rows
  }

  async addInterim(
    updateId: number,
    key: string,
    messages: readonly OutgoingMessage[],
  ): Promise<OutboxRow[]> {
    this.#interimUpdates.add(updateId)
    const rows = this.#toRows(updateId, messages)
    await this.#queue.write(() => this.#insertAll(rows, key))
    const stored = this.#interim(updateId, key)
    for (const { id } of stored) this.#interimRows.add(id)
    return stored
  }

  /** Stores a preview as an interim part that was sent. */
  async notePreview(updateId: number, chatId: number, messageId: number): Promise<void> {
    this.#interimUpdates.add(updateId)
    this.#lastId += 1
    const id = this.#lastId
    await this.#queue.writeLight(() =>
      this.#writes.preview.run(id, updateId, PREVIEW_KEY, messageId, chatId, messageId, this.#now()),
    )
  }

  async previews(updateId: number): Promise<number[]> {
    return this.#reads.interim.all(updateId, PREVIEW_KEY).map((row) => Number(row.sent_message_id))
  }

  async interim(updateId: number, key: string): Promise<OutboxRow[]> {
    return this.#interim(updateId, key)
  }

  #interim(updateId: number, key: string): OutboxRow[] {
    return this.#reads.interim.all(updateId, key).map(toInterimRow)
  }

  async markSending(id: number): Promise<void> {
    await this.#queue.write(() => this.#writes.sending.run(id))
  }

  async markUnsent(id: number): Promise<void> {
    await this.#queue.writeLight(() => this.#writes.unsend.run(id))
  }

  markSent(row: Pick<OutboxRow, 'id' | 'plugin' | 'questionId'>, sent: SentMessage): Promise<void> {
    const { id, plugin = OWN_MESSAGE, questionId } = row
    if (!this.#interimRows.has(id)) return this.#queue.writeLight(() => this.#authors.markSent(row, sent))
    const written = this.#queue.writeLight(() => {
      this.#authors.insert(plugin, sent, questionId)
      this.#writes.sentInterim.run(sent.id, id)
    })
    return written.then(() => void this.#interimRows.delete(id))
  }

  async markFailed(id: number, reason: string): Promise<void> {
    await this.#queue.writeLight(() => this.#writes.failed.run(reason, id))
    this.#interimRows.delete(id)
  }

  unsent(chatId?: number): AsyncIterable<readonly OutboxRow[]> {
    const { unsent, unsentOf, one } = this.#reads
    return readPages(
      () => (chatId === undefined ? unsent.all() : unsentOf.all(chatId)).map(({ id }) => Number(id)),
      (id) => {
        const row = one.get(id)
        return row && toRow(row)
      },
    )
  }

  count(): number {
    return Number(this.#reads.count.get()?.messages)
  }

  async moveChat(from: number, to: number): Promise<void> {
    await this.#queue.write(() => this.#writes.move.run(to, from))
  }

  async forgetOld(): Promise<void> {
    const before = this.#now() - KEEP_FAILED_MS
    await this.#queue.writeLight(() => this.#writes.forget.run(before))
  }

  #toRows(updateId: number, messages: readonly OutgoingMessage[]): OutboxRow[] {
    return messages.map((message) => ({ ...message, id: ++this.#lastId, updateId, isAmbiguous: false }))
  }

  #insertAll(rows: readonly OutboxRow[], key: string | null): void {
    for (const [index, row] of rows.entries()) this.#insert(row, key, index)
  }

  #insert(row: OutboxRow, key: string | null, index: number): void {
    const { id, updateId, chatId, bytes = null, policy, plugin = null, questionId = null } = row
    const content = JSON.stringify(row.content)
    const isBroadcast = row.isBroadcast === true ? 1 : 0
    const isCommon = key === null && bytes === null && policy === 'at-least-once' && isBroadcast === 0
    if (isCommon) {
      this.#writes.insertCommon.run(id, updateId, index, chatId, content, plugin, questionId, this.#now())
      return
    }
    this.#writes.insert.run(
      id,
      updateId,
      key,
      index,
      chatId,
      content,
      bytes,
      policy,
      plugin,
      questionId,
      isBroadcast,
      this.#now(),
    )
  }
}

function toInterimRow(row: Record<string, unknown>): OutboxRow {
  const isOver = row.state === 'sent' || row.state === 'failed'
  return { ...toRow(row), ...(isOver && { sentMessageId: Number(row.sent_message_id ?? 0) }) }
}

function toRow(row: Record<string, unknown>): OutboxRow {
  return {
    id: Number(row.id),
    updateId: Number(row.update_id),
    chatId: Number(row.chat_id),
    content: JSON.parse(String(row.content)),
    policy: row.policy as DeliveryPolicy,
    isAmbiguous: row.state === 'sending',
    ...(row.plugin !== null && { plugin: String(row.plugin) }),
    ...(row.question_id !== null && { questionId: Number(row.question_id) }),
    ...(row.is_broadcast === 1 && { isBroadcast: true }),
    ...(row.bytes instanceof Uint8Array && { bytes: row.bytes }),
  }
}

function prepareWrites(connection: DatabaseSync, bot: string) {
  return {
    // for most answers, with few values to bind
    insertCommon: connection.prepare(
      `INSERT INTO outbox (id, bot, update_id, part, chat_id, content, plugin, question_id, policy, state, created_at)
       VALUES (?, ${bot}, ?, ?, ?, ?, ?, ?, 'at-least-once', 'unsent', ?)`,
    ),
    // an interim part of an earlier try stays unchanged
    insert: connection.prepare(
      `INSERT INTO outbox (id, bot, update_id, interim_key, part, chat_id, content, bytes, policy, plugin, question_id, is_broadcast, state, created_at)
       VALUES (?, ${bot}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'unsent', ?) ON CONFLICT DO NOTHING`,
    ),
    preview: connection.prepare(
      `INSERT INTO outbox (id, bot, update_id, interim_key, part, chat_id, content, policy, state, sent_message_id, created_at)
       VALUES (?, ${bot}, ?, ?, ?, ?, 'null', 'at-most-once', 'sent', ?, ?) ON CONFLICT DO NOTHING`,
    ),
    unsend: connection.prepare("UPDATE outbox SET state = 'unsent' WHERE id = ? AND state = 'sending'"),
    deleteSentInterim: connection.prepare(
      `DELETE FROM outbox WHERE bot = ${bot} AND update_id = ? AND interim_key IS NOT NULL AND state = 'sent'`,
    ),
    sending: connection.prepare("UPDATE outbox SET state = 'sending' WHERE id = ?"),
    sentInterim: connection.prepare("UPDATE outbox SET state = 'sent', sent_message_id = ? WHERE id = ?"),
    failed: connection.prepare("UPDATE outbox SET state = 'failed', reason = ?, bytes = NULL WHERE id = ?"),
    move: connection.prepare(
      `UPDATE outbox SET chat_id = ? WHERE bot = ${bot} AND chat_id = ? AND state IN ('unsent', 'sending')`,
    ),
    forget: connection.prepare("DELETE FROM outbox WHERE state IN ('failed', 'sent') AND created_at < ?"),
  }
}

function prepareReads(connection: DatabaseSync, bot: string) {
  const unsent = `WHERE bot = ${bot} AND state IN ('unsent', 'sending')`
  return {
    interim: connection.prepare(
      `SELECT * FROM outbox WHERE bot = ${bot} AND update_id = ? AND interim_key = ? ORDER BY part`,
    ),
    lastId: connection.prepare('SELECT max(id) AS last FROM outbox'),
    allInterim: connection.prepare(
      `SELECT id, update_id FROM outbox WHERE bot = ${bot} AND interim_key IS NOT NULL`,
    ),
    unsent: connection.prepare(`SELECT id FROM outbox ${unsent} ORDER BY id`),
    unsentOf: connection.prepare(`SELECT id FROM outbox ${unsent} AND chat_id = ? ORDER BY id`),
    one: connection.prepare(`SELECT * FROM outbox ${unsent} AND id = ?`),
    count: connection.prepare(`SELECT count(*) AS messages FROM outbox ${unsent}`),
  }
}
