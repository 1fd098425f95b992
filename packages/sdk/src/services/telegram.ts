import type { Reply, SentMessage } from '../reply.ts'

/** A message whose text is written: what `telegram.send` takes. */
export type WholeReply = string | (Omit<Reply, 'text' | 'reaction'> & { readonly text?: string })

/** How `telegram.send` sends. */
export interface SendOptions {
  /** The forum topic, in groups that have topics. */
  readonly topicId?: number
  /**
   * True for what goes to many and nobody waits for: it is sent at the pace that Telegram asks for,
   * behind all answers to people, and `until` defaults to `kept`. Default false.
   */
  readonly broadcast?: boolean
  /**
   * Text of 1 to 200 characters that names this message: whatever is sent with it in the next seven
   * days is not sent again, also after a crash. For work that may be done twice, such as the run of
   * a schedule.
   */
  readonly key?: string
  /**
   * What the promise waits for: that Telegram took the message (`sent`, the default), or only that
   * it is on disk (`kept`), from where it is sent whatever happens to the plugin or the assistant.
   */
  readonly until?: 'sent' | 'kept'
}

/**
 * Writes to chats without being asked. A plugin may write to the chats in which it has answered,
 * and to those that the owner lists for it in `plugin_host.plugins.NAME.chats`; with `permissions:
 * { telegram: ['sendMessage'] }` to every chat of the bot. At most 5,000 messages of a plugin wait
 * at the same time.
 */
export interface TelegramService {
  /**
   * Sends a message, or several in order. It is on disk before it is sent, so that the end of the
   * program loses nothing. Presses of its buttons come to this plugin.
   * @returns the messages as they stand in the chat; none with `until: 'kept'`
   * @throws PermissionError when the plugin may not write to that chat
   * @throws DeliveryError `reply-invalid`; `delivery-limit` when too much of the plugin waits;
   * `delivery-blocked` and `delivery-failed` when Telegram refuses it
   */
  send(
    chatId: number,
    reply: WholeReply | readonly WholeReply[],
    options?: SendOptions,
  ): Promise<readonly SentMessage[]>
  /**
   * Changes a message of the assistant's. Of several changes that wait, only the newest is sent.
   * @throws as `send`
   */
  edit(chatId: number, messageId: number, reply: WholeReply): Promise<void>
  /**
   * Deletes a message. Needs `permissions: { telegram: ['deleteMessage'] }`.
   * @throws PermissionError
   * @throws DeliveryError `delivery-failed`
   */
  delete(chatId: number, messageId: number): Promise<void>
  /**
   * Calls a method of the Bot API by its name and gives what it answers; the method must be in
   * `permissions.telegram`. It is called at once and waits out Telegram's limits, 30 s at most;
   * unlike `send`, it is not kept on disk, and not repeated when its answer is lost. Files go by
   * `send`.
   * @throws PermissionError when the method was not granted, or names a chat that the plugin may
   * not write to
   * @throws DeliveryError when Telegram refuses it or does not answer; `isAmbiguous` when it may
   * have acted
   */
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>
}
