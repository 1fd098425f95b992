import { DeliveryError } from '../errors.ts'
import type { Chat } from '../message.ts'
import type { Reply, SentMessage, TextStreamEnd } from '../reply.ts'
import type { OutgoingMessage } from './message-store.ts'

/*
 * The path from a reply to a chat. `Format` turns a reply into messages in memory, the outbox
 * stores them, and a sender passes them to the `MessageTransport` one by one. The Telegram package
 * implements these contracts; errors are `DeliveryError`s.
 */

/** A reply's streamed text, read to its end. */
export interface WrittenText {
  readonly text: string
  /** A note shown below the text. */
  readonly note?: string
  /** What the stream returned. */
  readonly end?: TextStreamEnd
  /** A person stopped the text, which is no failure. */
  readonly isStopped?: boolean
  /** Set when the stream failed. `text` is then what arrived before; it may be empty. */
  readonly failure?: { readonly error: unknown }
  /**
   * Set when a preview of the text was shown. A preview message becomes the first message of the
   * answer.
   */
  readonly preview?: { readonly messageId?: number }
}

/**
 * Turns a reply into messages, in order, with secrets masked. A pure function: it does no I/O.
 * Streamed text is passed as `written`, already read. The data of buttons is already in wire form.
 * @throws DeliveryError `reply-invalid` when no part of the reply can be sent
 */
export type Format = (chat: Chat, reply: Reply, written?: WrittenText) => readonly OutgoingMessage[]

/** What people are told of a message that cannot be sent: why, and what to do. */
export interface UndeliveredNotice {
  readonly text: string
  /** `person`: the chat cannot be written to, so the one who asked is told in private. */
  readonly to: 'chat' | 'person'
}

/** The notice that an error of a `MessageTransport` carries. */
export function noticeOf(error: unknown): UndeliveredNotice | undefined {
  if (!(error instanceof DeliveryError) || !('notice' in error)) return undefined
  return error.notice as UndeliveredNotice | undefined
}

/** Sends messages of the outbox. */
export interface MessageTransport {
  /**
   * Sends one message and returns it as it appears in the chat. Waits out rate limits, and tries
   * other ways when Telegram refuses it, so that its words arrive.
   * @throws DeliveryError, which may carry a notice; `isRetryable` when Telegram may accept it later, `isAmbiguous` when it
   * may already have been sent. An `at-most-once` message is never retryable once it is ambiguous.
   * @param slot taken before each call, and given back when the call fails
   */
  send(message: OutgoingMessage, signal: AbortSignal, slot?: CallSlot): Promise<SentMessage>
  /**
   * True when `newer` makes `older` unnecessary: both edit the same message, and neither has been
   * sent.
   */
  supersedes?(newer: OutgoingMessage, older: OutgoingMessage): boolean
}

/** What an account is in a chat. `unknown`: Telegram did not say. */
export type ChatStanding = 'administrator' | 'member' | 'outside' | 'unknown'

/** The permission to have one message on its way. */
export interface CallSlot {
  /** Waits for the slot; returns at once when it is taken already. */
  take(signal: AbortSignal): Promise<void>
  giveBack(): void
}

/** Actions in a chat that do not go through the outbox. */
export interface ChatActions {
  /**
   * Reads a stream of text and previews it where the chat supports that. Never throws because the
   * stream failed.
   * @param onPreview called with the id of the message that shows the text, where the preview is a
   *   lasting message
   */
  writeDraft(
    chat: Chat,
    reply: Reply & { readonly text: AsyncIterable<string> },
    signal: AbortSignal,
    onPreview?: (messageId: number) => void,
  ): Promise<WrittenText>
  /** Deletes a message of the bot; never throws, because the message may be gone. */
  deleteMessage(chat: Chat, messageId: number): Promise<void>
  /**
   * Shows "typing…" for about five seconds; never throws. Resolves to false when the chat can no
   * longer be reached: the bot was blocked or removed, or the chat is gone.
   */
  showTyping(chat: Chat): Promise<boolean>
  react(chat: Chat, messageId: number, emoji: string | null): Promise<void>
  /** Stops a button's spinner. Never throws, because an expired query no longer has one. */
  answerCallback(callbackId: string, text?: string): Promise<void>
  download(fileId: string, signal: AbortSignal): Promise<Uint8Array>
  /** What an account is in a chat; without one, the bot. Never throws. */
  standingIn(chatId: number, userId?: number): Promise<ChatStanding>
  /** False when Telegram shows the bot only messages of the group that are meant for it. Never throws. */
  seesAll(chatId: number): Promise<boolean>
}
