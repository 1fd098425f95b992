import type { Chat, IncomingMessage, User } from './message.ts'
import type { UpdateKind } from './manifest.ts'

/** A message and what came of it, as observers see it. */
export interface ObservedMessage {
  readonly kind: UpdateKind | 'callback_query'
  readonly chat: Chat
  readonly user: User
  /** For a pressed button, the message that carries it. */
  readonly message: IncomingMessage
  /** The data of a pressed button. */
  readonly callbackData?: string
  readonly outcome: 'answered' | 'unanswered' | 'failed'
  /** The plugin that answered, or that failed. */
  readonly plugin?: string
  /** Texts of the answer, each at most 4,096 characters; files are `[photo]` and the like. */
  readonly answers: readonly string[]
  /** From the begin of the work to the planned answer. */
  readonly seconds: number
}
