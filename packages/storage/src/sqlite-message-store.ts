import type { DatabaseSync } from 'node:sqlite'
import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { MessageStore } from '@pluggram/sdk/runtime'
import { SqliteInbox } from './sqlite-inbox.ts'
import { SqliteOutbox } from './sqlite-outbox.ts'
import { WriteQueue } from './write-queue.ts'

export interface MessageStoreOptions {
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
  /** As for `openSqliteDatabase`. Default `full`. */
  readonly synchronous?: 'full' | 'normal'
}

/**
 * Inbox and outbox in one SQLite file. What a repeated message could come of, and no lost one, is committed
 * without waiting for the disk: that work began, and that a part was sent. It is read through `database`, and
 * written by a thread of its own.
 */
export function createSqliteMessageStore(
  database: DatabaseSync,
  { now = Date.now, synchronous = 'full' }: MessageStoreOptions = {},
): MessageStore {
  const file = database.location()
  if (file === null) throw new Error('Messages must be kept in a file; this database is in memory.')
  const queue = new WriteQueue({ file, waitsForDisk: synchronous === 'full' })
  const inbox = new SqliteInbox(database, queue, now)
  const outbox = new SqliteOutbox(database, queue, now)
  return {
    accept: (updates) => inbox.accept(updates),
    begin: (updateId) => inbox.begin(updateId),
    beginSoon: (updateId) => inbox.beginSoon(updateId),
    finish: (updateId, parts) => {
      const { calls, entries } = outbox.finish(updateId, parts)
      calls.push(inbox.finish(updateId))
      return queue.write(calls).then(() => {
        outbox.finished(updateId)
        return entries
      })
    },
    post: (parts) => outbox.post(POSTED_UPDATE_ID, parts),
    addInterim: (reply) => outbox.addInterim(reply),
    interim: (updateId, key) => outbox.interim(updateId, key),
    park: (updateId, reason) => inbox.park(updateId, reason),
    markSending: (entryId) => outbox.markSending(entryId),
    markUnsent: (entryId) => outbox.markUnsent(entryId),
    markSent: (entryId, sentMessageId) => outbox.markSent(entryId, sentMessageId),
    markFailed: (entryId, reason) => outbox.markFailed(entryId, reason),
    moveChat: (from, to) => outbox.moveChat(from, to),
    unfinished: () => inbox.unfinished(),
    waiting: (updateId) => inbox.waiting(updateId),
    unsent: () => outbox.unsent(),
    parked: () => inbox.parked(),
    replay: (updateId) => inbox.replay(updateId),
    drop: (updateId) => inbox.drop(updateId),
    failure: () => queue.failure,
    async forgetOld() {
      await inbox.forgetOld()
      await outbox.forgetOld()
    },
    close: () => queue.close(),
  }
}
