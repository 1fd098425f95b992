import type { DatabaseSync } from 'node:sqlite'
import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { MessageStore } from '@pluggram/sdk/runtime'
import { CommitQueue } from './commit-queue.ts'
import { SqliteInbox } from './sqlite-inbox.ts'
import { SqliteOutbox } from './sqlite-outbox.ts'

export interface MessageStoreOptions {
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
  /** As for `openSqliteDatabase`. Default `full`. */
  readonly synchronous?: 'full' | 'normal'
}

/**
 * Inbox and outbox in one SQLite file. What a repeated message could come of, and no lost one, is committed
 * without waiting for the disk: that work began, and that a part was sent.
 */
export function createSqliteMessageStore(
  database: DatabaseSync,
  { now = Date.now, synchronous = 'full' }: MessageStoreOptions = {},
): MessageStore {
  const commits = new CommitQueue(database, { waitsForDisk: synchronous === 'full' })
  const inbox = new SqliteInbox(database, now)
  const outbox = new SqliteOutbox(database, now)
  return {
    accept: (updates) => commits.add(() => inbox.accept(updates)),
    begin: (updateId) => commits.addLight(() => inbox.begin(updateId)),
    finish: (updateId, parts) =>
      commits.add(() => {
        inbox.finish(updateId)
        outbox.finish(updateId)
        return outbox.add(updateId, parts)
      }),
    post: (parts) => commits.add(() => outbox.add(POSTED_UPDATE_ID, parts)),
    addInterim: (reply) => commits.add(() => outbox.addInterim(reply)),
    interim: (updateId, key) => outbox.interim(updateId, key),
    park: (updateId, reason) => commits.add(() => inbox.park(updateId, reason)),
    markSending: (entryId) => commits.add(() => outbox.markSending(entryId)),
    markUnsent: (entryId) => commits.addLight(() => outbox.markUnsent(entryId)),
    markSent: (entryId, sentMessageId) => commits.addLight(() => outbox.markSent(entryId, sentMessageId)),
    markFailed: (entryId, reason) => commits.addLight(() => outbox.markFailed(entryId, reason)),
    moveChat: (from, to) => commits.add(() => outbox.moveChat(from, to)),
    unfinished: () => inbox.unfinished(),
    unsent: () => outbox.unsent(),
    parked: () => inbox.parked(),
    replay: (updateId) => commits.add(() => inbox.replay(updateId)),
    drop: (updateId) => commits.add(() => inbox.drop(updateId)),
    failure: () => commits.failure,
    async forgetOld() {
      while (await commits.addLight(() => inbox.forgetOld())) continue
      await commits.addLight(() => outbox.forgetOld())
    },
  }
}
