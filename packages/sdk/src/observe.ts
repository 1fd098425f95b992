import type { Chat, IncomingMessage, User } from './message.ts'
import type { UpdateKind } from './manifest.ts'

/** A message and its outcome, as observers see it. */
export interface ObservedMessage {
  readonly kind: UpdateKind | 'callback_query'
  readonly chat: Chat
  readonly user: User
  /** For a button press, the message that has the button. */
  readonly message: IncomingMessage
  /** The data of a pressed button. */
  readonly callbackData?: string
  readonly outcome: 'answered' | 'unanswered' | 'failed'
  /** The plugin that answered, or that failed. */
  readonly plugin?: string
  /**
   * The texts of the answer, each at most 4,096 characters. Files appear as `[photo]` and so on.
   */
  readonly answers: readonly string[]
  /** Time from the start of processing until the answer was ready to send. */
  readonly seconds: number
}
