import type { Chat } from '../message.ts'
import type { Reply, SentMessage } from '../reply.ts'
import type { OutgoingMessage } from './message-store.ts'

/*
 * What leads to a chat. A reply becomes messages in memory (`Format`), the messages go into the outbox, and a sender
 * hands them to the `MessageTransport` one by one. The Telegram package implements all of it; errors are `DeliveryError`.
 */

/** A reply's text that was read to its end. */
export interface WrittenText {
  readonly text: string
  /** Words about the text that stand under it. */
  readonly note?: string
  /** Why the text broke off, when it did; `text` is empty when nothing of it can be shown. */
  readonly failure?: { readonly error: unknown }
  /**
   * Set when the text was shown while it was being written; a message that showed it becomes the
   * first of the answer.
   */
  readonly preview?: { readonly messageId?: number }
}

/**
 * The messages that a reply becomes, in order, without secrets. It only computes: it sends nothing
 * and reads nothing. A text that was still being written comes as `written`. Buttons carry the wire
 * form of their data.
 * @throws DeliveryError `reply-invalid` when nothing of the reply can be sent
 */
export type Format = (chat: Chat, reply: Reply, written?: WrittenText) => readonly OutgoingMessage[]

/** Sends messages of the outbox. */
export interface MessageTransport {
  /**
   * Sends one message and gives what stands in the chat afterwards. Waits out limits, and falls
   * back to plain text when formatting is refused.
   * @throws DeliveryError; `isRetryable` when Telegram may take it later, `isAmbiguous` when it may
   * have taken it already. An `at-most-once` message is never retryable once it is ambiguous.
   */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SentMessage>
  /**
   * True when `newer` makes `older` pointless: both change the same message, and neither is sent
   * yet.
   */
  supersedes?(newer: OutgoingMessage, older: OutgoingMessage): boolean
}

/** What happens in a chat beside messages of the outbox. */
export interface ChatActions {
  /**
   * Reads text that is still being written, showing it where the chat can. Never throws for the
   * text's sake.
   */
  writeDraft(
    chat: Chat,
    reply: Reply & { readonly text: AsyncIterable<string> },
    signal: AbortSignal,
  ): Promise<WrittenText>
  /** Shows "typing…" for about five seconds; never throws. */
  showTyping(chat: Chat): Promise<void>
  react(chat: Chat, messageId: number, emoji: string | null): Promise<void>
  /** Ends a button's spinner; never throws, since an old query is gone anyway. */
  answerCallback(callbackId: string, text?: string): Promise<void>
  download(fileId: string, signal: AbortSignal): Promise<Uint8Array>
}
