import type { Command } from '../context.ts'
import type { Chat, IncomingMessage, User } from '../message.ts'

interface UpdateBase {
  /** Telegram's id: dedupe by set membership, never by order (ids jump). */
  readonly updateId: number
  readonly chat: Chat
  readonly user: User
  /** For a callback: the message that carries the button. */
  readonly message: IncomingMessage
  /**
   * The command a new message starts with, unless it names another bot. Edited messages and presses
   * have none.
   */
  readonly command?: Command
}

/**
 * An update after the source checked and normalised it. Plain data: it can be stored and sent to a
 * process.
 */
export type IncomingUpdate =
  | (UpdateBase & { readonly kind: 'message' | 'edited_message' })
  | (UpdateBase & {
      readonly kind: 'callback_query'
      readonly callback: { readonly id: string; readonly data: string }
    })
