import type { SentMessage } from '../reply.ts'
import type { IncomingUpdate } from './incoming-update.ts'

/** An update that is stored but not answered yet. */
export interface StoredUpdate {
  readonly update: IncomingUpdate
  /** How many times processing has started before, in this run or an earlier one. */
  readonly tries: number
}

/** What to do when the response to a send was lost: send again (default), or not. */
export type DeliveryPolicy = 'at-least-once' | 'at-most-once'

/** A message ready for Telegram: JSON-compatible data, except for the bytes of a file. */
export interface OutgoingMessage {
  readonly chatId: number
  /** The method to call and its parameters. Only the formatter and the sender read it. */
  readonly content: unknown
  /** The bytes of a file, when the message carries one. */
  readonly bytes?: Uint8Array
  readonly policy: DeliveryPolicy
  /** The plugin that sends it; absent for messages of the assistant itself. */
  readonly plugin?: string
  /** The message of its chat that it answers. */
  readonly questionId?: number
  /**
   * True when nobody is waiting for it. It is sent after all answers, within Telegram's rate
   * limits.
   */
  readonly isBroadcast?: boolean
}

/** The author of the assistant's own messages, in `SentMessages`. No plugin has this name. */
export const OWN_MESSAGE = ''

/** Which plugin sent each message of the bot. Kept for 90 days. */
export interface SentMessages {
  /**
   * The plugin that sent the message, or `OWN_MESSAGE`. `undefined` when the message is a person's,
   * is older than 90 days, or is not recorded yet.
   */
  authorOf(chatId: number, messageId: number): Promise<string | undefined>
  /** The messages with which a plugin answered a message, oldest first. */
  answersTo(chatId: number, questionId: number, plugin: string): Promise<readonly number[]>
  /** Records messages that did not go through the outbox. The first author of a message stays. */
  noteSent(plugin: string, messages: readonly SentMessage[]): Promise<void>
}

/** The update id of messages that answer no update. Real ids are never negative. */
export const POSTED_UPDATE_ID = -1

/** A message stored in the outbox. Messages of one chat are sent in order of their ids. */
export interface OutboxRow extends OutgoingMessage {
  readonly id: number
  /** The update it answers; `POSTED_UPDATE_ID` when it answers none. */
  readonly updateId: number
  /** True when the program exited while sending the message, so it may or may not have arrived. */
  readonly isAmbiguous: boolean
  /** Set on messages of an interim reply that an earlier try sent or gave up on. */
  readonly sentMessageId?: number
}

/** A parked update, as shown to the owner. */
export interface ParkedUpdate {
  readonly update: IncomingUpdate
  readonly tries: number
  readonly reason: string
  readonly receivedAt: Date
}

/** How much work is pending. */
export interface LeftOver {
  /** Unfinished updates. */
  readonly updates: number
  /** How many of them were already being processed. */
  readonly begun: number
  /** Unsent messages. */
  readonly messages: number
}

/**
 * The inbox and the outbox of one bot, on disk. A write resolves once it is committed: from then on
 * it survives `kill -9` and power loss. Concurrent writes share a commit.
 *
 * Long results are read lazily in pages, for all chats or for one. Startup reads everything; an
 * instance that takes over a chat reads only that chat.
 */
export interface MessageStore extends SentMessages {
  /** Stores updates in order and returns those not seen before. */
  accept(updates: readonly IncomingUpdate[]): Promise<readonly StoredUpdate[]>
  /**
   * Replaces a stored update by what it and others have become together, and marks those others
   * done, in one transaction.
   */
  merge(whole: IncomingUpdate, partIds: readonly number[]): Promise<void>
  /**
   * Records that processing of an update starts. Once it resolves, the record survives an exit of
   * the program.
   */
  begin(updateId: number): Promise<void>
  /** The same, but written with a later commit, or not at all when the update finishes first. */
  beginSoon(updateId: number): void
  /** Marks the update done and puts its replies into the outbox, in one transaction. */
  finish(updateId: number, messages: readonly OutgoingMessage[]): Promise<readonly OutboxRow[]>
  /**
   * Puts an interim reply into the outbox: one that is sent before the update is finished. Every
   * try uses the same `key` for the same reply. If an earlier try added it, the existing rows are
   * returned instead.
   */
  addInterim(
    updateId: number,
    key: string,
    messages: readonly OutgoingMessage[],
  ): Promise<readonly OutboxRow[]>
  /** Adds messages that answer no update to the outbox. */
  post(messages: readonly OutgoingMessage[]): Promise<readonly OutboxRow[]>
  /** The messages an earlier try added under that key; empty when it added none. */
  interim(updateId: number, key: string): Promise<readonly OutboxRow[]>
  /**
   * Records a message that previews the answer to an unfinished update. It is forgotten when the
   * update is finished. A power loss may lose the record; a crash does not.
   */
  notePreview(updateId: number, chatId: number, messageId: number): Promise<void>
  /** The messages in which earlier tries of an update left a preview. */
  previews(updateId: number): Promise<readonly number[]>
  /** Sets an update aside after too many tries. */
  park(updateId: number, reason: string): Promise<void>
  /** Sets an update aside until its author is let in; it is forgotten after a week. */
  hold(updateId: number): Promise<void>
  /** Those updates, oldest first. `replay` and `drop` take their ids. */
  held(): Promise<readonly IncomingUpdate[]>
  /** Records that an `at-most-once` message is about to be sent. */
  markSending(rowId: number): Promise<void>
  /** Reverts that record: the message was not sent after all. */
  markUnsent(rowId: number): Promise<void>
  /** Records that a message was sent, and by which plugin. */
  markSent(row: Pick<OutboxRow, 'id' | 'plugin' | 'questionId'>, sent: SentMessage): Promise<void>
  /**
   * Gives up on a message: Telegram refused it permanently, or it is unknown whether it arrived.
   */
  markFailed(rowId: number, reason: string): Promise<void>
  /** A group's id changed: its unsent messages move to the new id. */
  moveChat(from: number, to: number): Promise<void>
  /**
   * Unfinished updates, oldest first. Skips updates that are finished or parked while iterating.
   */
  unfinished(chatId?: number): AsyncIterable<readonly StoredUpdate[]>
  /** One unfinished update; `undefined` when it is finished, parked or unknown. */
  waiting(updateId: number): Promise<StoredUpdate | undefined>
  /** Unsent messages, oldest first. Skips messages that are sent or given up on while iterating. */
  unsent(chatId?: number): AsyncIterable<readonly OutboxRow[]>
  left(): Promise<LeftOver>
  parked(): Promise<readonly ParkedUpdate[]>
  /** Queues a parked update again with no tries; `undefined` when no parked update has that id. */
  replay(updateId: number): Promise<StoredUpdate | undefined>
  /** Deletes a parked update; false when no parked update has that id. */
  drop(updateId: number): Promise<boolean>
  /** Why the last write failed, for example a full disk; `undefined` while writes succeed. */
  failure(): string | undefined
  /** Deletes ids of finished updates that are too old for Telegram to deliver again. */
  forgetOld(): Promise<void>
  /** Commits pending writes, then closes the store. */
  close(): Promise<void>
}
