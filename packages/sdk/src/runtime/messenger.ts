import type { Chat } from '../message.ts'
import type { Reply, SentMessage } from '../reply.ts'
import type { OutgoingMessage } from './message-store.ts'

/** A reply whose text is written to its end. */
export interface SettledReply {
  readonly reply: Reply & { readonly text?: string }
  /** Words about the text that stand under it. */
  readonly note?: string
  /** Why the text broke off, when it did; `reply` then holds what there was, or nothing at all. */
  readonly failure?: { readonly error: unknown }
  /** Set when the text was shown while it was being written; a message that showed it becomes the first part. */
  readonly preview?: { readonly messageId?: number }
}

/**
 * The way out to the chat. A reply travels in three steps, so that it can be on disk before it is sent:
 * its text is read to the end (and previewed meanwhile), it is planned as parts, and parts are delivered.
 * Implemented by the Telegram package; errors are `DeliveryError`.
 */
export interface Messenger {
  /** Reads text that is still being written, showing it where the chat can. Never throws for the text's sake. */
  settle(chat: Chat, reply: Reply, signal: AbortSignal): Promise<SettledReply>
  /**
   * The messages a reply becomes, in order; its buttons carry the wire form of their data.
   * @throws DeliveryError `reply-invalid` when nothing of it can be sent
   */
  plan(chat: Chat, settled: Pick<SettledReply, 'reply' | 'note' | 'preview'>): readonly OutgoingMessage[]
  /**
   * Sends one part and gives the message that stands in the chat afterwards. Waits out limits, and
   * falls back to plain text when formatting is refused.
   * @throws DeliveryError; `isRetryable` when Telegram may take it later, `isAmbiguous` when it may have
   * taken it already. An `at-most-once` part is never retryable once it is ambiguous.
   */
  deliver(part: OutgoingMessage, signal: AbortSignal): Promise<SentMessage>
  /** True when `newer` makes `older` pointless: both change the same message, and neither is sent yet. */
  supersedes?(newer: OutgoingMessage, older: OutgoingMessage): boolean
  /** Shows "typing…" for about five seconds; never throws. */
  showTyping(chat: Chat): Promise<void>
  react(chat: Chat, messageId: number, emoji: string | null): Promise<void>
  /** Ends a button's spinner; never throws, since an old query is gone anyway. */
  answerCallback(callbackId: string, text?: string): Promise<void>
  download(fileId: string, signal: AbortSignal): Promise<Uint8Array>
}
