import type { DatabaseSync } from 'node:sqlite'
import type {
  DeliveryPolicy,
  InterimPart,
  InterimReply,
  OutboxEntry,
  OutboxPart,
} from '@pluggram/sdk/runtime'
import type { StatementCall, StatementOutcome } from './write-protocol.ts'
import type { WriteQueue } from './write-queue.ts'

/** Parts that were given up stay visible that long. */
const KEEP_FAILED_MS = 7 * 24 * 60 * 60 * 1_000

/**
 * The rows of the outbox. A final part is deleted when it was sent; an interim part stays until its update is
 * finished, so that a later try knows what was sent.
 *
 *   unsent ──▶ (sending, at-most-once only) ──▶ sent | failed
 */
export class SqliteOutbox {
  readonly #queue: WriteQueue
  readonly #writes: ReturnType<typeof prepareWrites>
  readonly #reads: ReturnType<typeof prepareReads>
  readonly #now: () => number

  constructor(database: DatabaseSync, queue: WriteQueue, now: () => number) {
    this.#queue = queue
    this.#writes = prepareWrites(queue)
    this.#reads = prepareReads(database)
    this.#now = now
  }

  /** For the transaction that finishes the update: forgets what was sent before, keeps what is to be sent. */
  finish(updateId: number, parts: readonly OutboxPart[]): StatementCall[] {
    return [
      this.#writes.deleteSentInterim(updateId),
      ...parts.map((part, index) => this.#insert(updateId, null, part, index)),
    ]
  }

  /** The entries that the calls of `finish` made. */
  finished(
    updateId: number,
    parts: readonly OutboxPart[],
    [, ...inserted]: readonly StatementOutcome[],
  ): OutboxEntry[] {
    return parts.map((part, index) => ({
      ...part,
      id: inserted[index]?.lastRowId ?? 0,
      updateId,
      isAmbiguous: false,
    }))
  }

  async addInterim({ updateId, key, parts }: InterimReply): Promise<InterimPart[]> {
    await this.#queue.write(parts.map((part, index) => this.#insert(updateId, key, part, index)))
    return this.interim(updateId, key)
  }

  interim(updateId: number, key: string): InterimPart[] {
    return this.#reads.interim.all(updateId, key).map(toInterimPart)
  }

  async markSending(id: number): Promise<void> {
    await this.#queue.write([this.#writes.sending(id)])
  }

  async markUnsent(id: number): Promise<void> {
    await this.#queue.writeLight([this.#writes.unsend(id)])
  }

  async markSent(id: number, sentMessageId: number): Promise<void> {
    await this.#queue.writeLight([this.#writes.deleteFinal(id), this.#writes.sentInterim(sentMessageId, id)])
  }

  async markFailed(id: number, reason: string): Promise<void> {
    await this.#queue.writeLight([this.#writes.failed(reason, id)])
  }

  unsent(): OutboxEntry[] {
    return this.#reads.unsent.all().map(toEntry)
  }

  async forgetOld(): Promise<void> {
    await this.#queue.writeLight([this.#writes.forget(this.#now() - KEEP_FAILED_MS)])
  }

  #insert(updateId: number, key: string | null, part: OutboxPart, index: number): StatementCall {
    return this.#writes.insert(
      updateId,
      key,
      index,
      part.chatId,
      JSON.stringify(part.content),
      part.bytes ?? null,
      part.policy,
      this.#now(),
    )
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
    ...(row.bytes instanceof Uint8Array && { bytes: row.bytes }),
  }
}

function prepareWrites(queue: WriteQueue) {
  return {
    // an interim part of an earlier try stays as it is
    insert: queue.prepare(
      "INSERT INTO outbox (update_id, interim_key, part, chat_id, content, bytes, policy, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'unsent', ?) ON CONFLICT DO NOTHING",
    ),
    unsend: queue.prepare("UPDATE outbox SET state = 'unsent' WHERE id = ? AND state = 'sending'"),
    deleteSentInterim: queue.prepare(
      "DELETE FROM outbox WHERE update_id = ? AND interim_key IS NOT NULL AND state = 'sent'",
    ),
    sending: queue.prepare("UPDATE outbox SET state = 'sending' WHERE id = ?"),
    deleteFinal: queue.prepare('DELETE FROM outbox WHERE id = ? AND interim_key IS NULL'),
    sentInterim: queue.prepare("UPDATE outbox SET state = 'sent', sent_message_id = ? WHERE id = ?"),
    failed: queue.prepare("UPDATE outbox SET state = 'failed', reason = ?, bytes = NULL WHERE id = ?"),
    forget: queue.prepare("DELETE FROM outbox WHERE state IN ('failed', 'sent') AND created_at < ?"),
  }
}

function prepareReads(database: DatabaseSync) {
  return {
    interim: database.prepare('SELECT * FROM outbox WHERE update_id = ? AND interim_key = ? ORDER BY part'),
    unsent: database.prepare("SELECT * FROM outbox WHERE state IN ('unsent', 'sending') ORDER BY id"),
  }
}
