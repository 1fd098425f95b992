import type { DatabaseSync } from 'node:sqlite'
import type {
  DeliveryPolicy,
  InterimPart,
  InterimReply,
  OutboxEntry,
  OutboxPart,
} from '@pluggram/sdk/runtime'

/** Parts that were given up stay visible that long. */
const KEEP_FAILED_MS = 7 * 24 * 60 * 60 * 1_000

/**
 * The rows of the outbox, without transactions of its own. A final part is deleted when it was sent; an interim
 * part stays until its update is finished, so that a later try knows what was sent.
 *
 *   unsent ──▶ (sending, at-most-once only) ──▶ sent | failed
 */
export class SqliteOutbox {
  readonly #statements: ReturnType<typeof prepare>
  readonly #now: () => number

  constructor(database: DatabaseSync, now: () => number) {
    this.#statements = prepare(database)
    this.#now = now
  }

  add(updateId: number, parts: readonly OutboxPart[]): OutboxEntry[] {
    return parts.map((part, index) => this.#insert(updateId, null, part, index))
  }

  addInterim({ updateId, key, parts }: InterimReply): InterimPart[] {
    return parts.map((part, index) => {
      const row = this.#statements.findInterim.get(updateId, key, index)
      return row ? toInterimPart(row) : { entry: this.#insert(updateId, key, part, index) }
    })
  }

  interim(updateId: number, key: string): InterimPart[] {
    return this.#statements.interim.all(updateId, key).map(toInterimPart)
  }

  /** Forgets what was sent before the update was finished. */
  finish(updateId: number): void {
    this.#statements.deleteSentInterim.run(updateId)
  }

  markSending(id: number): void {
    this.#statements.sending.run(id)
  }

  markUnsent(id: number): void {
    this.#statements.unsend.run(id)
  }

  markSent(id: number, sentMessageId: number): void {
    if (Number(this.#statements.deleteFinal.run(id).changes) === 0) {
      this.#statements.sentInterim.run(sentMessageId, id)
    }
  }

  markFailed(id: number, reason: string): void {
    this.#statements.failed.run(reason, id)
  }

  unsent(): OutboxEntry[] {
    return this.#statements.unsent.all().map(toEntry)
  }

  moveChat(from: number, to: number): void {
    this.#statements.move.run(to, from)
  }

  forgetOld(): void {
    this.#statements.forget.run(this.#now() - KEEP_FAILED_MS)
  }

  #insert(updateId: number, key: string | null, part: OutboxPart, index: number): OutboxEntry {
    const { lastInsertRowid } = this.#statements.insert.run(
      updateId,
      key,
      index,
      part.chatId,
      JSON.stringify(part.content),
      part.bytes ?? null,
      part.policy,
      part.isBroadcast === true ? 1 : 0,
      this.#now(),
    )
    return { ...part, id: Number(lastInsertRowid), updateId, isAmbiguous: false }
  }
}

function toInterimPart(row: Record<string, unknown>): InterimPart {
  const isOver = row.state === 'sent' || row.state === 'failed'
  return { entry: toEntry(row), ...(isOver && { sentMessageId: Number(row.sent_message_id ?? 0) }) }
}

function toEntry(row: Record<string, unknown>): OutboxEntry {
  return {
    id: Number(row.id),
    updateId: Number(row.update_id),
    chatId: Number(row.chat_id),
    content: JSON.parse(String(row.content)),
    policy: row.policy as DeliveryPolicy,
    isAmbiguous: row.state === 'sending',
    ...(row.is_broadcast === 1 && { isBroadcast: true }),
    ...(row.bytes instanceof Uint8Array && { bytes: row.bytes }),
  }
}

function prepare(database: DatabaseSync) {
  return {
    insert: database.prepare(
      "INSERT INTO outbox (update_id, interim_key, part, chat_id, content, bytes, policy, is_broadcast, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'unsent', ?)",
    ),
    findInterim: database.prepare(
      'SELECT * FROM outbox WHERE update_id = ? AND interim_key = ? AND part = ?',
    ),
    interim: database.prepare('SELECT * FROM outbox WHERE update_id = ? AND interim_key = ? ORDER BY part'),
    unsend: database.prepare("UPDATE outbox SET state = 'unsent' WHERE id = ? AND state = 'sending'"),
    deleteSentInterim: database.prepare(
      "DELETE FROM outbox WHERE update_id = ? AND interim_key IS NOT NULL AND state = 'sent'",
    ),
    sending: database.prepare("UPDATE outbox SET state = 'sending' WHERE id = ?"),
    deleteFinal: database.prepare('DELETE FROM outbox WHERE id = ? AND interim_key IS NULL'),
    sentInterim: database.prepare("UPDATE outbox SET state = 'sent', sent_message_id = ? WHERE id = ?"),
    failed: database.prepare("UPDATE outbox SET state = 'failed', reason = ?, bytes = NULL WHERE id = ?"),
    unsent: database.prepare("SELECT * FROM outbox WHERE state IN ('unsent', 'sending') ORDER BY id"),
    move: database.prepare(
      "UPDATE outbox SET chat_id = ? WHERE chat_id = ? AND state IN ('unsent', 'sending')",
    ),
    forget: database.prepare("DELETE FROM outbox WHERE state IN ('failed', 'sent') AND created_at < ?"),
  }
}
