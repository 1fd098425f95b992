import type { Command } from '../context.ts'
import type { Chat, IncomingMessage, User } from '../message.ts'

interface UpdateBase {
  /** Telegram's id. Deduplicate by set membership, never by order, because ids can jump. */
  readonly updateId: number
  readonly chat: Chat
  readonly user: User
  /** For a callback: the message that has the button. */
  readonly message: IncomingMessage
  /**
   * The command a new message starts with, unless it names another bot. Absent for edited messages
   * and button presses.
   */
  readonly command?: Command
  /** The message was answered before by this plugin, and its answer goes on: see `mayWait`. */
  readonly continues?: { readonly plugin: string; readonly turn: string }
  /** The channel whose post Telegram copied here by itself: the chat is its discussion group. */
  readonly copyOf?: number
  /**
   * The album that the message is a part of (Bot API: media_group_id). Absent once its parts have
   * been joined into one message.
   */
  readonly album?: string
}

/**
 * An update after the source validated and normalised it. Plain data, so that it can be stored and
 * sent to a plugin process.
 */
export type IncomingUpdate =
  | (UpdateBase & { readonly kind: 'message' | 'edited_message' })
  | (UpdateBase & {
      readonly kind: 'callback_query'
      readonly callback: { readonly id: string; readonly data: string }
    })
