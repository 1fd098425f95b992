import type { IncomingUpdate } from './incoming-update.ts'

/** An update that is on disk and not answered yet. */
export interface StoredUpdate {
  readonly update: IncomingUpdate
  /** How often work on it began before, in this run or an earlier one. */
  readonly tries: number
}

/** What to do with a send whose answer was lost: send again (default), or leave it. */
export type DeliveryPolicy = 'at-least-once' | 'at-most-once'

/** A message ready for Telegram: plain data that JSON can hold, except for the bytes of a file. */
export interface OutgoingMessage {
  readonly chatId: number
  /** What to call and with which parameters. Only the code that formats messages and the sender read it. */
  readonly content: unknown
  /** The bytes of a file, when the message carries one. */
  readonly bytes?: Uint8Array
  readonly policy: DeliveryPolicy
  /** True when nobody waits for it: it goes behind all answers, at Telegram's pace. */
  readonly isBroadcast?: boolean
}

/** Stands for the update of messages that answer none; updates have no negative ids. */
export const POSTED_UPDATE_ID = -1

/** A message in the outbox, on disk. Messages of one chat are sent in the order of their ids. */
export interface OutboxRow extends OutgoingMessage {
  readonly id: number
  /** The update it answers; `POSTED_UPDATE_ID` when it answers none. */
  readonly updateId: number
  /** True when the program ended while the message was being sent: whether it arrived is unknown. */
  readonly isAmbiguous: boolean
  /** Set on messages of an interim reply that an earlier try sent or gave up. */
  readonly sentMessageId?: number
}

/** A parked update, for the owner to look at. */
export interface ParkedUpdate {
  readonly update: IncomingUpdate
  readonly tries: number
  readonly reason: string
  readonly receivedAt: Date
}

/** How much waits. */
export interface LeftOver {
  /** Updates that are not finished. */
  readonly updates: number
  /** Those of them on which work began. */
  readonly begun: number
  /** Messages that are not sent. */
  readonly messages: number
}

/**
 * The inbox and the outbox of one bot, on disk. A promise of a write resolves when it is committed: it survives
 * `kill -9` and power loss. Commits of the same moment are made together.
 *
 * What may be much is read in pages, each when it is asked for, of all chats or of one: a start reads everything, an
 * instance that takes a chat over reads that chat.
 */
export interface MessageStore {
  /** Takes updates in, in order; gives those that were never seen before. */
  accept(updates: readonly IncomingUpdate[]): Promise<readonly StoredUpdate[]>
  /** Notes that work on an update begins; when it resolves, the end of the program does not undo the note. */
  begin(updateId: number): Promise<void>
  /** The same with one of the next commits, or not at all when the update is finished before. */
  beginSoon(updateId: number): void
  /** Marks the update done and puts its replies into the outbox, in one transaction. */
  finish(updateId: number, messages: readonly OutgoingMessage[]): Promise<readonly OutboxRow[]>
  /**
   * Puts an interim reply into the outbox: one that is sent before the update is finished. `key` is the same for the
   * same reply of every try; what an earlier try put there is found instead of added again.
   */
  addInterim(
    updateId: number,
    key: string,
    messages: readonly OutgoingMessage[],
  ): Promise<readonly OutboxRow[]>
  /** Puts messages into the outbox that answer no update. */
  post(messages: readonly OutgoingMessage[]): Promise<readonly OutboxRow[]>
  /** What an earlier try put there under that key; empty when it did not get so far. */
  interim(updateId: number, key: string): Promise<readonly OutboxRow[]>
  /** Sets an update aside after too many tries. */
  park(updateId: number, reason: string): Promise<void>
  /** Notes that an `at-most-once` message is about to be sent. */
  markSending(rowId: number): Promise<void>
  /** Takes that note back: the message was not sent after all. */
  markUnsent(rowId: number): Promise<void>
  /** Notes that a message was sent. */
  markSent(rowId: number, sentMessageId: number): Promise<void>
  /** Gives a message up: Telegram refused it for good, or whether it arrived stays unknown. */
  markFailed(rowId: number, reason: string): Promise<void>
  /** A group has another id: what is not sent to it yet belongs to the new one. */
  moveChat(from: number, to: number): Promise<void>
  /** Updates that are not finished, oldest first. One that is finished or parked meanwhile is left out. */
  unfinished(chatId?: number): AsyncIterable<readonly StoredUpdate[]>
  /** One of them; `undefined` when it is finished, parked or unknown. */
  waiting(updateId: number): Promise<StoredUpdate | undefined>
  /** Messages that are not sent, oldest first. One that is sent or given up meanwhile is left out. */
  unsent(chatId?: number): AsyncIterable<readonly OutboxRow[]>
  left(): Promise<LeftOver>
  parked(): Promise<readonly ParkedUpdate[]>
  /** Makes a parked update new again; `undefined` when there is none of that id. */
  replay(updateId: number): Promise<StoredUpdate | undefined>
  /** Deletes a parked update; false when there is none of that id. */
  drop(updateId: number): Promise<boolean>
  /** Why the last write failed, for example a full disk; `undefined` while writes succeed. */
  failure(): string | undefined
  /** Deletes ids of finished updates that Telegram cannot repeat any more. */
  forgetOld(): Promise<void>
  /** Writes what waits, and ends. */
  close(): Promise<void>
}
