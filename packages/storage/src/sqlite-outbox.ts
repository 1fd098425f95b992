import type { DatabaseSync } from 'node:sqlite'
import type {
  DeliveryPolicy,
  InterimPart,
  InterimReply,
  OutboxEntry,
  OutboxPart,
} from '@pluggram/sdk/runtime'
import type { StatementCall } from './write-protocol.ts'
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
  /** Updates with interim parts, and those parts: most updates have none, and cost no statement for them. */
  readonly #interimUpdates = new Set<number>()
  readonly #interimEntries = new Set<number>()
  #lastId: number

  constructor(database: DatabaseSync, queue: WriteQueue, now: () => number) {
    this.#queue = queue
    this.#writes = prepareWrites(queue)
    this.#reads = prepareReads(database)
    this.#now = now
    this.#lastId = Number(this.#reads.lastId.get()?.last ?? 0)
    for (const { id, update_id: updateId } of this.#reads.allInterim.all()) {
      this.#interimUpdates.add(Number(updateId))
      this.#interimEntries.add(Number(id))
    }
  }

  /** For the transaction that finishes the update: forgets what was sent before, keeps what is to be sent. */
  finish(updateId: number, parts: readonly OutboxPart[]): { calls: StatementCall[]; entries: OutboxEntry[] } {
    const calls: StatementCall[] = []
    const entries = parts.map((part, index) => {
      calls.push(this.#insert(updateId, null, part, index))
      return { ...part, id: this.#lastId, updateId, isAmbiguous: false }
    })
    if (this.#interimUpdates.has(updateId)) calls.push(this.#writes.deleteSentInterim(updateId))
    return { calls, entries }
  }

  /** Once what `finish` gave is written. */
  finished(updateId: number): void {
    this.#interimUpdates.delete(updateId)
  }

  /** Parts that answer nobody. */
  async post(updateId: number, parts: readonly OutboxPart[]): Promise<OutboxEntry[]> {
    const { calls, entries } = this.finish(updateId, parts)
    await this.#queue.write(calls)
    return entries
  }

  async addInterim({ updateId, key, parts }: InterimReply): Promise<InterimPart[]> {
    this.#interimUpdates.add(updateId)
    await this.#queue.write(parts.map((part, index) => this.#insert(updateId, key, part, index)))
    const stored = this.interim(updateId, key)
    for (const { entry } of stored) this.#interimEntries.add(entry.id)
    return stored
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

  markSent(id: number, sentMessageId: number): Promise<void> {
    const mark = this.#interimEntries.has(id)
      ? this.#writes.sentInterim(sentMessageId, id)
      : this.#writes.delete(id)
    return this.#queue.writeLight([mark]).then(() => void this.#interimEntries.delete(id))
  }

  async markFailed(id: number, reason: string): Promise<void> {
    await this.#queue.writeLight([this.#writes.failed(reason, id)])
    this.#interimEntries.delete(id)
  }

  unsent(): OutboxEntry[] {
    return this.#reads.unsent.all().map(toEntry)
  }

  async moveChat(from: number, to: number): Promise<void> {
    await this.#queue.write([this.#writes.move(to, from)])
  }

  async forgetOld(): Promise<void> {
    await this.#queue.writeLight([this.#writes.forget(this.#now() - KEEP_FAILED_MS)])
  }

  #insert(updateId: number, key: string | null, part: OutboxPart, index: number): StatementCall {
    const id = ++this.#lastId
    const { chatId, bytes = null, policy } = part
    const content = JSON.stringify(part.content)
    const isBroadcast = part.isBroadcast === true ? 1 : 0
    const isCommon = key === null && bytes === null && policy === 'at-least-once' && isBroadcast === 0
    if (isCommon) return this.#writes.insertCommon(id, updateId, index, chatId, content, this.#now())
    return this.#writes.insert(
      id,
      updateId,
      key,
      index,
      chatId,
      content,
      bytes,
      policy,
      isBroadcast,
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
    ...(row.is_broadcast === 1 && { isBroadcast: true }),
    ...(row.bytes instanceof Uint8Array && { bytes: row.bytes }),
  }
}

function prepareWrites(queue: WriteQueue) {
  return {
    // what most answers are, with few values: each one is copied, sent to another thread, and bound
    insertCommon: queue.prepare(
      "INSERT INTO outbox (id, update_id, part, chat_id, content, policy, state, created_at) VALUES (?, ?, ?, ?, ?, 'at-least-once', 'unsent', ?)",
    ),
    // an interim part of an earlier try stays as it is
    insert: queue.prepare(
      "INSERT INTO outbox (id, update_id, interim_key, part, chat_id, content, bytes, policy, is_broadcast, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'unsent', ?) ON CONFLICT DO NOTHING",
    ),
    unsend: queue.prepare("UPDATE outbox SET state = 'unsent' WHERE id = ? AND state = 'sending'"),
    deleteSentInterim: queue.prepare(
      "DELETE FROM outbox WHERE update_id = ? AND interim_key IS NOT NULL AND state = 'sent'",
    ),
    sending: queue.prepare("UPDATE outbox SET state = 'sending' WHERE id = ?"),
    delete: queue.prepare('DELETE FROM outbox WHERE id = ?'),
    sentInterim: queue.prepare("UPDATE outbox SET state = 'sent', sent_message_id = ? WHERE id = ?"),
    failed: queue.prepare("UPDATE outbox SET state = 'failed', reason = ?, bytes = NULL WHERE id = ?"),
    move: queue.prepare("UPDATE outbox SET chat_id = ? WHERE chat_id = ? AND state IN ('unsent', 'sending')"),
    forget: queue.prepare("DELETE FROM outbox WHERE state IN ('failed', 'sent') AND created_at < ?"),
  }
}

function prepareReads(database: DatabaseSync) {
  return {
    interim: database.prepare('SELECT * FROM outbox WHERE update_id = ? AND interim_key = ? ORDER BY part'),
    lastId: database.prepare('SELECT max(id) AS last FROM outbox'),
    allInterim: database.prepare('SELECT id, update_id FROM outbox WHERE interim_key IS NOT NULL'),
    unsent: database.prepare("SELECT * FROM outbox WHERE state IN ('unsent', 'sending') ORDER BY id"),
  }
}
