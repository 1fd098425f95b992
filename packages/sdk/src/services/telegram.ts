import type { Reply, SentMessage } from '../reply.ts'

/** A reply with complete text (not streamed), as `telegram.send` accepts it. */
export type WholeReply = string | (Omit<Reply, 'text' | 'reaction'> & { readonly text?: string })

/** Options of `telegram.send`. */
export interface SendOptions {
  /** The forum topic, in groups that have topics. */
  readonly topicId?: number
  /**
   * True for a message to many chats that nobody is waiting for. It is sent after all answers,
   * within Telegram's rate limits, and `until` defaults to `kept`. Default false.
   */
  readonly broadcast?: boolean
  /**
   * A deduplication key of 1 to 200 characters. Messages with the same key are sent only once
   * within seven days, even after a crash. Use it for work that may run twice, such as a scheduled
   * run.
   */
  readonly key?: string
  /**
   * When the promise resolves. `sent` (the default): once Telegram accepted the message. `kept`:
   * once it is on disk; it is then sent even if the plugin or the assistant crashes.
   */
  readonly until?: 'sent' | 'kept'
}

/**
 * Sends messages that are not answers. A plugin may write to chats where it has answered, and to
 * those the owner lists in `plugin_host.plugins.NAME.chats`. With `permissions: { telegram:
 * ['sendMessage'] }` it may write to every chat of the bot. At most 5,000 messages of a plugin can
 * be pending.
 */
export interface TelegramService {
  /**
   * Sends a message, or several in order. Messages are stored on disk before they are sent, so a
   * crash loses none. Button presses on them are delivered to this plugin.
   * @returns the sent messages; empty with `until: 'kept'`
   * @throws PermissionError when the plugin may not write to that chat
   * @throws DeliveryError `reply-invalid`; `delivery-limit` when too many of the plugin's messages
   * are pending; `delivery-blocked` and `delivery-failed` when Telegram refuses it
   */
  send(
    chatId: number,
    reply: WholeReply | readonly WholeReply[],
    options?: SendOptions,
  ): Promise<readonly SentMessage[]>
  /**
   * Edits a message that this plugin sent in the last 90 days. Of several pending edits, only the newest is sent.
   * @throws DeliveryError `message-not-own` for any other message; else as `send`
   */
  edit(chatId: number, messageId: number, reply: WholeReply): Promise<void>
  /**
   * Deletes a message of this plugin or of a person. Needs `permissions: { telegram: ['deleteMessage'] }`.
   * @throws PermissionError
   * @throws DeliveryError `message-not-own` for a message of another plugin; `delivery-failed`
   */
  delete(chatId: number, messageId: number): Promise<void>
  /**
   * Calls a Bot API method by name and returns its result. The method must be listed in
   * `permissions.telegram`. The call waits out Telegram's rate limits for at most 30 s. Unlike
   * `send`, it is not stored on disk, and not retried when its response is lost. Use `send` for
   * files. Buttons belong to this plugin like those of `send`; buttons that open web apps or write
   * into a person's message are refused. The call can change this plugin's own messages only, and
   * delete and pin those of people.
   * @throws PermissionError when the method was not granted, or names a chat that the plugin may
   * not write to
   * @throws DeliveryError when Telegram refuses it or does not answer; `isAmbiguous` when it may
   * have acted
   */
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>
}
