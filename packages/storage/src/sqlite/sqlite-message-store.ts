import type { MessageStore } from '@pluggram/sdk/runtime'
import { CommitQueue } from './commit-queue.ts'
import { SqliteInbox } from './sqlite-inbox.ts'
import { SqliteOutbox } from './sqlite-outbox.ts'
import type { WriteLog } from './write-log.ts'

export interface MessageStoreOptions {
  /** The bot whose updates and messages these are; see `botIdOf`. */
  readonly bot: number
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
}

/**
 * Inbox and outbox in one SQLite file. Two kinds of records are not flushed, because losing them
 * can repeat a message but not lose one: begin marks, and marks of sent messages.
 */
export function createSqliteMessageStore(
  log: WriteLog,
  { bot, now = Date.now }: MessageStoreOptions,
): MessageStore {
  const queue = new CommitQueue(log)
  const inbox = new SqliteInbox(log.connection, queue, { bot, now })
  const outbox = new SqliteOutbox(log.connection, queue, { bot, now })
  return {
    accept: (updates) => inbox.accept(updates),
    begin: (updateId) => inbox.begin(updateId),
    beginSoon: (updateId) => inbox.beginSoon(updateId),
    finish(updateId, messages) {
      const rows = outbox.toRows(updateId, messages)
      inbox.finishing(updateId)
      const written = queue.write(() => {
        outbox.finish(updateId, rows)
        inbox.finish(updateId)
      })
      return written.then(() => {
        outbox.finished(updateId)
        return rows
      })
    },
    post: (messages) => outbox.post(messages),
    addInterim: (updateId, key, messages) => outbox.addInterim(updateId, key, messages),
    interim: (updateId, key) => outbox.interim(updateId, key),
    park: (updateId, reason) => inbox.park(updateId, reason),
    markSending: (rowId) => outbox.markSending(rowId),
    markUnsent: (rowId) => outbox.markUnsent(rowId),
    markSent: (rowId, sentMessageId) => outbox.markSent(rowId, sentMessageId),
    markFailed: (rowId, reason) => outbox.markFailed(rowId, reason),
    moveChat: (from, to) => outbox.moveChat(from, to),
    unfinished: (chatId) => inbox.unfinished(chatId),
    waiting: (updateId) => inbox.waiting(updateId),
    unsent: (chatId) => outbox.unsent(chatId),
    left: async () => ({ ...inbox.count(), messages: outbox.count() }),
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
