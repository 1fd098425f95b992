import type { DatabaseSync } from 'node:sqlite'
import type { IncomingUpdate, ParkedUpdate, StoredUpdate } from '@pluggram/sdk/runtime'
import { decodeUpdate, encodeUpdate } from './stored-update.ts'

/**
 * Telegram keeps an update for 24 hours, so an id need not be remembered much longer. Ids are kept as a set:
 * they jump to a random value after a quiet week.
 */
const REMEMBER_MS = 48 * 60 * 60 * 1_000
/** How many old rows one transaction deletes; more would hold up the updates behind it. */
const FORGET_AT_ONCE = 2_000

/**
 * The rows of the inbox, without transactions of its own: every method runs inside one of its caller's.
 *
 *   new ──finish──▶ done ──48 h──▶ forgotten
 *    │ ▲
 *   park └──replay── parked ──drop──▶ forgotten
 */
export class SqliteInbox {
  readonly #statements: ReturnType<typeof prepare>
  readonly #now: () => number
  #sequence: number

  constructor(database: DatabaseSync, now: () => number) {
    this.#statements = prepare(database)
    this.#now = now
    this.#sequence = Number(database.prepare('SELECT max(sequence) AS last FROM inbox').get()?.last ?? 0)
  }

  /** Gives the updates whose ids are new. */
  accept(updates: readonly IncomingUpdate[]): StoredUpdate[] {
    const fresh: StoredUpdate[] = []
    for (const update of updates) {
      const { changes } = this.#statements.insert.run(
        update.updateId,
        ++this.#sequence,
        this.#now(),
        encodeUpdate(update),
      )
      if (Number(changes) > 0) fresh.push({ update, tries: 0 })
    }
    return fresh
  }

  begin(updateId: number): void {
    this.#statements.begin.run(updateId)
  }

  finish(updateId: number): void {
    this.#statements.finish.run(updateId)
  }

  park(updateId: number, reason: string): void {
    this.#statements.park.run(reason, updateId)
  }

  unfinished(): StoredUpdate[] {
    return this.#statements.unfinished.all().map(decodeUpdate)
  }

  parked(): ParkedUpdate[] {
    return this.#statements.parked.all().map((row) => ({
      ...decodeUpdate(row),
      reason: String(row.reason),
      receivedAt: new Date(Number(row.received_at)),
    }))
  }

  replay(updateId: number): StoredUpdate | undefined {
    const row = this.#statements.replay.get(++this.#sequence, updateId)
    return row && decodeUpdate(row)
  }

  drop(updateId: number): boolean {
    return Number(this.#statements.drop.run(updateId).changes) > 0
  }

  /** True when there may be more to forget. */
  forgetOld(): boolean {
    return Number(this.#statements.forget.run(this.#now() - REMEMBER_MS).changes) === FORGET_AT_ONCE
  }
}

function prepare(database: DatabaseSync) {
  return {
    insert: database.prepare(
      "INSERT INTO inbox (update_id, sequence, state, received_at, payload) VALUES (?, ?, 'new', ?, ?) ON CONFLICT DO NOTHING",
    ),
    begin: database.prepare("UPDATE inbox SET tries = tries + 1 WHERE update_id = ? AND state = 'new'"),
    finish: database.prepare(
      "UPDATE inbox SET state = 'done', payload = NULL WHERE update_id = ? AND state = 'new'",
    ),
    park: database.prepare(
      "UPDATE inbox SET state = 'parked', reason = ? WHERE update_id = ? AND state = 'new'",
    ),
    unfinished: database.prepare("SELECT payload, tries FROM inbox WHERE state = 'new' ORDER BY sequence"),
    parked: database.prepare(
      "SELECT payload, tries, reason, received_at FROM inbox WHERE state = 'parked' ORDER BY sequence",
    ),
    replay: database.prepare(
      "UPDATE inbox SET state = 'new', tries = 0, reason = NULL, sequence = ? WHERE update_id = ? AND state = 'parked' RETURNING payload, tries",
    ),
    // the id stays known: a dropped update must not come back as a repeated one
    drop: database.prepare(
      "UPDATE inbox SET state = 'done', payload = NULL WHERE update_id = ? AND state = 'parked'",
    ),
    forget: database.prepare(
      `DELETE FROM inbox WHERE update_id IN (SELECT update_id FROM inbox WHERE received_at < ? AND state = 'done' LIMIT ${FORGET_AT_ONCE})`,
    ),
  }
}
