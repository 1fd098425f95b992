import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { IncomingUpdate, ParkedUpdate, StoredUpdate } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'
import type { CommitQueue } from './commit-queue.ts'
import { readPages } from './read-pages.ts'

/**
 * Telegram keeps an update for 24 hours, so ids need not be kept much longer. A highest id would
 * not do: ids jump to a random value after a quiet week.
 */
const REMEMBER_MS = 48 * 60 * 60 * 1_000
/** A message of a stranger waits so long for the owner's decision. */
const HOLD_MS = 7 * 24 * 60 * 60 * 1_000
/** The reason of updates that are parked until their author is let in. */
const HELD = 'held'
/** How many rows one step scans; more would delay waiting updates. */
const SLICE = 2_000

export interface InboxOptions {
  /** The bot whose updates these are. */
  readonly bot: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * One bot's rows of the inbox. Other bots' rows stay untouched, except that old finished ones are
 * deleted.
 *
 *   new ──finish──▶ done ──48 h──▶ forgotten
 *    │ ▲
 *   park └──replay── parked ──drop──▶ forgotten
 *
 * An update is held, too, by being parked: it waits until its author is let in, a week at most.
 */
export class SqliteInbox {
  readonly #queue: CommitQueue
  readonly #writes: ReturnType<typeof prepareWrites>
  readonly #reads: ReturnType<typeof prepareReads>
  readonly #now: () => number
  #sequence: number
  /** Updates whose begin mark is not written yet. */
  readonly #beginning = new Set<number>()
  #isNoting = false

  /** @param connection the queue's connection */
  constructor(connection: DatabaseSync, queue: CommitQueue, { bot, now }: InboxOptions) {
    this.#queue = queue
    this.#writes = prepareWrites(connection, botInSql(bot))
    this.#reads = prepareReads(connection, botInSql(bot))
    this.#now = now
    this.#sequence = Number(connection.prepare('SELECT max(sequence) AS last FROM inbox').get()?.last ?? 0)
  }

  /** Stores updates; resolves with those whose ids are new. */
  accept(updates: readonly IncomingUpdate[]): Promise<StoredUpdate[]> {
    const receivedAt = this.#now()
    return this.#queue.write(() => {
      const fresh: StoredUpdate[] = []
      for (const update of updates) {
        this.#sequence += 1
        const text = encodeUpdate(update)
        const { changes } = this.#writes.insert.run(update.updateId, this.#sequence, receivedAt, text)
        if (changes === 1) fresh.push({ update, tries: 0 })
      }
      return fresh
    })
  }

  async merge(whole: IncomingUpdate, partIds: readonly number[]): Promise<void> {
    await this.#queue.write(() => {
      this.#writes.rewrite.run(encodeUpdate(whole), whole.updateId)
      for (const id of partIds) this.#writes.finish.run(id)
    })
  }

  async begin(updateId: number): Promise<void> {
    await this.#queue.writeLight(() => this.#writes.begin.run(updateId))
  }

  /** Writes the begin mark soon. Most updates finish before that, and their mark is dropped. */
  beginSoon(updateId: number): void {
    this.#beginning.add(updateId)
    if (this.#isNoting) return
    this.#isNoting = true
    let noted: readonly number[] = []
    this.#queue
      .writeLater(() => {
        this.#isNoting = false
        noted = [...this.#beginning]
        this.#beginning.clear()
        for (const id of noted) this.#writes.begin.run(id)
      })
      // the disk may be full; they are written with the next ones
      .catch(() => {
        for (const id of noted) this.#beginning.add(id)
      })
  }

  /** Drops a begin mark that is not written yet. */
  finishing(updateId: number): void {
    this.#beginning.delete(updateId)
  }

  /** Marks an update done, within the transaction that stores its answer. */
  finish(updateId: number): void {
    this.#writes.finish.run(updateId)
  }

  async park(updateId: number, reason: string): Promise<void> {
    await this.#queue.write(() => this.#writes.park.run(updateId, reason))
  }

  hold(updateId: number): Promise<void> {
    return this.park(updateId, HELD)
  }

  async held(): Promise<IncomingUpdate[]> {
    return this.#reads.held.all().map((row) => decodeUpdate(row).update)
  }

  unfinished(chatId?: number): AsyncIterable<readonly StoredUpdate[]> {
    const { unfinished, unfinishedOf } = this.#reads
    return readPages(
      () => (chatId === undefined ? unfinished.all() : unfinishedOf.all(chatId)).map(toUpdateId),
      (updateId) => this.#find(updateId),
    )
  }

  /** Counts unfinished updates, and those among them that were begun. */
  count(): { updates: number; begun: number } {
    const row = this.#reads.count.get()
    return { updates: Number(row?.updates), begun: Number(row?.begun) }
  }

  async waiting(updateId: number): Promise<StoredUpdate | undefined> {
    return this.#find(updateId)
  }

  async parked(): Promise<ParkedUpdate[]> {
    return this.#reads.parked.all().map((row) => ({
      ...decodeUpdate(row),
      reason: String(row.reason),
      receivedAt: new Date(Number(row.received_at)),
    }))
  }

  replay(updateId: number): Promise<StoredUpdate | undefined> {
    return this.#queue.write(() => {
      this.#sequence += 1
      const row = this.#writes.replay.get(updateId, this.#sequence)
      return row && decodeUpdate(row)
    })
  }

  drop(updateId: number): Promise<boolean> {
    return this.#queue.write(() => this.#writes.drop.run(updateId).changes === 1)
  }

  /**
   * Deletes old rows by scanning all of them, slice by slice. An index by age would save this
   * hourly scan, but cost every update more than its row does.
   */
  async forgetOld(): Promise<void> {
    const before = this.#now() - REMEMBER_MS
    await this.#queue.writeLight(() => {
      this.#writes.forgetOthers.run(before)
      this.#writes.forgetHeld.run(this.#now() - HOLD_MS)
    })
    for (let from = Number.MIN_SAFE_INTEGER; ;) {
      const slice = this.#reads.slice.get(before, from)
      if (slice?.last === undefined || slice.last === null) return
      const last = Number(slice.last)
      const start = from
      if (Number(slice.old) > 0)
        await this.#queue.writeLight(() => this.#writes.forget.run(start, last, before))
      else await setImmediate()
      from = last
    }
  }

  #find(updateId: number): StoredUpdate | undefined {
    const row = this.#reads.waiting.get(updateId)
    return row && decodeUpdate(row)
  }
}

function toUpdateId(row: Record<string, unknown>): number {
  return Number(row.update_id)
}

/**
 * An update as JSON text. Its date is stored as a number, because one object with its own `toJSON`
 * makes the whole serialization six times as slow.
 */
function encodeUpdate(update: IncomingUpdate): string {
  const { message } = update
  return JSON.stringify({ ...update, message: { ...message, date: message.date.getTime() } })
}

/** Decodes a row. Only the assistant writes rows, so they are not validated. */
function decodeUpdate(row: Record<string, unknown>): StoredUpdate {
  const update = JSON.parse(String(row.payload)) as IncomingUpdate
  return {
    update: { ...update, message: { ...update.message, date: new Date(update.message.date) } },
    tries: Number(row.tries),
  }
}

function prepareWrites(connection: DatabaseSync, bot: string) {
  const one = `WHERE bot = ${bot} AND update_id = ? AND state =`
  return {
    insert: connection.prepare(
      `INSERT INTO inbox (bot, update_id, sequence, state, received_at, payload) VALUES (${bot}, ?, ?, 'new', ?, ?) ON CONFLICT DO NOTHING`,
    ),
    rewrite: connection.prepare(`UPDATE inbox SET payload = ? ${one} 'new'`),
    begin: connection.prepare(`UPDATE inbox SET tries = tries + 1 ${one} 'new'`),
    finish: connection.prepare(`UPDATE inbox SET state = 'done', payload = NULL ${one} 'new'`),
    park: connection.prepare(
      `UPDATE inbox SET state = 'parked', reason = ?2 WHERE bot = ${bot} AND update_id = ?1 AND state = 'new'`,
    ),
    replay: connection.prepare(
      `UPDATE inbox SET state = 'new', tries = 0, reason = NULL, sequence = ?2 WHERE bot = ${bot} AND update_id = ?1 AND state = 'parked' RETURNING payload, tries`,
    ),
    // keeps the id, so that a dropped update is not accepted again when Telegram resends it
    drop: connection.prepare(`UPDATE inbox SET state = 'done', payload = NULL ${one} 'parked'`),
    forget: connection.prepare(
      `DELETE FROM inbox WHERE bot = ${bot} AND update_id > ? AND update_id <= ? AND received_at < ? AND state = 'done'`,
    ),
    forgetHeld: connection.prepare(
      `UPDATE inbox SET state = 'done', payload = NULL WHERE bot = ${bot} AND state = 'parked' AND reason = '${HELD}' AND received_at < ?`,
    ),
    forgetOthers: connection.prepare(
      `DELETE FROM inbox WHERE (bot < ${bot} OR bot > ${bot}) AND received_at < ? AND state = 'done'`,
    ),
  }
}

function prepareReads(connection: DatabaseSync, bot: string) {
  return {
    slice: connection.prepare(
      `SELECT max(update_id) AS last, count(*) FILTER (WHERE received_at < ? AND state = 'done') AS old
       FROM (SELECT update_id, received_at, state FROM inbox WHERE bot = ${bot} AND update_id > ? ORDER BY update_id LIMIT ${SLICE})`,
    ),
    unfinished: connection.prepare(
      `SELECT update_id FROM inbox WHERE bot = ${bot} AND state = 'new' ORDER BY sequence`,
    ),
    // a rare query, so the chat has no column of its own, which every update would have to write
    unfinishedOf: connection.prepare(
      `SELECT update_id FROM inbox WHERE bot = ${bot} AND state = 'new' AND payload ->> '$.chat.id' = ? ORDER BY sequence`,
    ),
    count: connection.prepare(
      `SELECT count(*) AS updates, count(*) FILTER (WHERE tries > 0) AS begun
       FROM inbox WHERE bot = ${bot} AND state = 'new'`,
    ),
    waiting: connection.prepare(
      `SELECT payload, tries FROM inbox WHERE bot = ${bot} AND update_id = ? AND state = 'new'`,
    ),
    parked: connection.prepare(
      `SELECT payload, tries, reason, received_at FROM inbox WHERE bot = ${bot} AND state = 'parked' AND reason <> '${HELD}' ORDER BY sequence`,
    ),
    held: connection.prepare(
      `SELECT payload, tries FROM inbox WHERE bot = ${bot} AND state = 'parked' AND reason = '${HELD}' ORDER BY sequence`,
    ),
  }
}
