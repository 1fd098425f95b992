import type { MessageStore } from '@pluggram/sdk/runtime'
import { CommitQueue } from './commit-queue.ts'
import { SqliteInbox } from './sqlite-inbox.ts'
import { SqliteOutbox } from './sqlite-outbox.ts'
import { SqliteSentMessages } from './sqlite-sent-messages.ts'
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
  const authors = new SqliteSentMessages(log.connection, queue, { bot, now })
  const outbox = new SqliteOutbox(log.connection, queue, { bot, now, inbox, authors })
  return {
    accept: inbox.accept.bind(inbox),
    merge: inbox.merge.bind(inbox),
    begin: inbox.begin.bind(inbox),
    beginSoon: inbox.beginSoon.bind(inbox),
    park: inbox.park.bind(inbox),
    hold: inbox.hold.bind(inbox),
    held: inbox.held.bind(inbox),
    unfinished: inbox.unfinished.bind(inbox),
    waiting: inbox.waiting.bind(inbox),
    parked: inbox.parked.bind(inbox),
    replay: inbox.replay.bind(inbox),
    drop: inbox.drop.bind(inbox),
    finish: outbox.finish.bind(outbox),
    post: outbox.post.bind(outbox),
    addInterim: outbox.addInterim.bind(outbox),
    interim: outbox.interim.bind(outbox),
    notePreview: outbox.notePreview.bind(outbox),
    previews: outbox.previews.bind(outbox),
    markSending: outbox.markSending.bind(outbox),
    markUnsent: outbox.markUnsent.bind(outbox),
    markSent: outbox.markSent.bind(outbox),
    markFailed: outbox.markFailed.bind(outbox),
    moveChat: outbox.moveChat.bind(outbox),
    unsent: outbox.unsent.bind(outbox),
    authorOf: async (chatId, messageId) => authors.authorOf(chatId, messageId),
    answersTo: async (chatId, questionId, plugin) => authors.answersTo(chatId, questionId, plugin),
    noteSent: authors.note.bind(authors),
    left: async () => ({ ...inbox.count(), messages: outbox.count() }),
    failure: () => queue.failure,
    async forgetOld() {
      await inbox.forgetOld()
      // first what moves out of the outbox
      await authors.forgetOld()
      await outbox.forgetOld()
    },
    close: () => queue.close(),
  }
}
