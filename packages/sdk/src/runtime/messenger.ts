import type { Chat } from '../message.ts'
import type { Reply, SentMessage } from '../reply.ts'

/** A reply whose buttons already carry the wire form of their data. */
export type MessengerReply = Reply

/** The way out to the chat. Implemented by the Telegram package; errors are `DeliveryError`. */
export interface Messenger {
  /**
   * Sends a reply whole: splits long text, streams text that is still being written, falls back to plain
   * text when formatting is refused. Resolves with every message it became.
   */
  send(chat: Chat, reply: MessengerReply, signal: AbortSignal): Promise<readonly SentMessage[]>
  /** Shows "typing…" for about five seconds; never throws. */
  showTyping(chat: Chat): Promise<void>
  react(chat: Chat, messageId: number, emoji: string | null): Promise<void>
  /** Ends a button's spinner; never throws, since an old query is gone anyway. */
  answerCallback(callbackId: string, text?: string): Promise<void>
  download(fileId: string, signal: AbortSignal): Promise<Uint8Array>
}
