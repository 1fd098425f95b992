import type { Logger } from '@pluggram/sdk'
import type { ChatActions, IncomingUpdate } from '@pluggram/sdk/runtime'

const EYES = '👀'
/** A chat that sends more at once sees the marks of the first ones; each mark is two calls. */
const MAX_PER_CHAT = 3

/**
 * Marks messages that wait behind an answer with 👀, so that people know that they arrived, and
 * takes the mark away when their turn comes.
 */
export class SeenMarks {
  readonly #actions: Pick<ChatActions, 'react'>
  readonly #logger: Logger
  /** The marks that are shown, by update; each resolves when Telegram has been told. */
  readonly #shown = new Map<number, Promise<void>>()
  readonly #perChat = new Map<number, number>()

  constructor(actions: Pick<ChatActions, 'react'>, logger: Logger) {
    this.#actions = actions
    this.#logger = logger
  }

  show(update: IncomingUpdate): void {
    const { kind, chat, message } = update
    // in a group, most messages are not for the bot
    if (kind !== 'message' || !message.isAddressed) return
    const count = this.#perChat.get(chat.id) ?? 0
    if (count >= MAX_PER_CHAT) return
    this.#perChat.set(chat.id, count + 1)
    this.#shown.set(update.updateId, this.#react(update, EYES))
  }

  takeAway(update: IncomingUpdate): void {
    const shown = this.#shown.get(update.updateId)
    if (!shown) return
    this.#shown.delete(update.updateId)
    const left = (this.#perChat.get(update.chat.id) ?? 1) - 1
    if (left === 0) this.#perChat.delete(update.chat.id)
    else this.#perChat.set(update.chat.id, left)
    void shown.then(() => this.#react(update, null))
  }

  async #react({ chat, message }: IncomingUpdate, emoji: string | null): Promise<void> {
    try {
      await this.#actions.react(chat, message.id, emoji)
    } catch (error) {
      this.#logger.debug('could not mark a message as seen', { err: error })
    }
  }
}
