import type { Chat } from '../message.ts'
import type { Reply, SentMessage } from '../reply.ts'

/** Messages that a plugin sends on its own initiative. */
export interface PostRequest {
  readonly plugin: string
  readonly chat: Chat
  /** Their texts are complete, not streamed. */
  readonly replies: readonly Reply[]
  readonly isBroadcast: boolean
  /** Messages of a plugin with the same key are sent only once. */
  readonly key?: string
}

/** Sends messages that are not answers. */
export interface PostOffice {
  /**
   * Stores messages on disk and starts sending them. `sent` resolves when Telegram has accepted
   * them, and rejects with a `DeliveryError` when delivery fails permanently.
   * @throws DeliveryError `reply-invalid` or `delivery-limit`
   */
  post(request: PostRequest): Promise<{ readonly sent: Promise<readonly SentMessage[]> }>
}

/** Calls the Bot API. */
export interface BotApiCaller {
  /**
   * Makes a call within Telegram's rate limits. It is not retried when its response is lost.
   * @throws DeliveryError
   */
  call(method: string, params: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>
}

/** Tracks which chats each plugin is active in. */
export interface PluginChats {
  /**
   * Records that a plugin is handling a message of a chat. Call the returned function when it is
   * done.
   */
  enter(plugin: string, chatId: number): (hasAnswered: boolean) => void
  /** Whether the plugin has answered in the chat, or is handling one of its messages. */
  has(plugin: string, chatId: number): boolean
}
