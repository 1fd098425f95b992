import type { DatabaseSync } from 'node:sqlite'
import type { MessageStore } from '@pluggram/sdk/runtime'
import { CommitQueue } from './commit-queue.ts'
import { SqliteInbox } from './sqlite-inbox.ts'
import { SqliteOutbox } from './sqlite-outbox.ts'

/**
 * Inbox and outbox in one SQLite file.
 * @param now milliseconds since 1970; injected by tests
 */
export function createSqliteMessageStore(database: DatabaseSync, now: () => number = Date.now): MessageStore {
  const commits = new CommitQueue(database)
  const inbox = new SqliteInbox(database, now)
  const outbox = new SqliteOutbox(database, now)
  return {
    accept: (updates) => commits.add(() => inbox.accept(updates)),
    begin: (updateId) => commits.add(() => inbox.begin(updateId)),
    finish: (updateId, parts) =>
      commits.add(() => {
        inbox.finish(updateId)
        outbox.finish(updateId)
        return outbox.add(updateId, parts)
      }),
    addInterim: (reply) => commits.add(() => outbox.addInterim(reply)),
    park: (updateId, reason) => commits.add(() => inbox.park(updateId, reason)),
    markSending: (entryId) => commits.add(() => outbox.markSending(entryId)),
    markSent: (entryId, sentMessageId) => commits.add(() => outbox.markSent(entryId, sentMessageId)),
    markFailed: (entryId, reason) => commits.add(() => outbox.markFailed(entryId, reason)),
    unfinished: () => inbox.unfinished(),
    unsent: () => outbox.unsent(),
    parked: () => inbox.parked(),
    replay: (updateId) => commits.add(() => inbox.replay(updateId)),
    drop: (updateId) => commits.add(() => inbox.drop(updateId)),
    failure: () => commits.failure,
    async forgetOld() {
      while (await commits.add(() => inbox.forgetOld())) continue
      await commits.add(() => outbox.forgetOld())
    },
  }
}
