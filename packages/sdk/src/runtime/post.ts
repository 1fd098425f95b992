import type { Chat } from '../message.ts'
import type { Reply, SentMessage } from '../reply.ts'

/** Messages that a plugin sends without having been asked. */
export interface PostRequest {
  readonly plugin: string
  readonly chat: Chat
  /** Their texts are written to the end. */
  readonly replies: readonly Reply[]
  readonly isBroadcast: boolean
  /** The same key of a plugin is sent once. */
  readonly key?: string
}

/** The ways to Telegram beside answers. */
export interface PostOffice {
  /**
   * Keeps messages on disk and begins to send them. `sent` resolves when Telegram took them, and rejects with a
   * `DeliveryError` when they are given up.
   * @throws DeliveryError `reply-invalid` or `delivery-limit`
   */
  post(request: PostRequest): Promise<{ readonly sent: Promise<readonly SentMessage[]> }>
}

/** Calls of the Bot API. */
export interface BotApiCaller {
  /**
   * Makes a call within Telegram's limits; it is not repeated when its answer is lost.
   * @throws DeliveryError
   */
  call(method: string, params: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>
}

/** Which chats plugins have to do with. */
export interface PluginChats {
  /** Notes that a plugin works on a message of a chat; gives what is to be called at its end. */
  enter(plugin: string, chatId: number): (hasAnswered: boolean) => void
  /** Whether the plugin has answered there, or works on a message of that chat. */
  has(plugin: string, chatId: number): boolean
}
