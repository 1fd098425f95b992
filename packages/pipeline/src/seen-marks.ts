import type { Logger } from '@pluggram/sdk'
import type { ChatActions, IncomingUpdate } from '@pluggram/sdk/runtime'

const EYES = '👀'
/** A chat that sends more at once sees the marks of the first ones; each mark is two calls. */
const MAX_PER_CHAT = 3

interface Mark {
  readonly update: IncomingUpdate
  /** Resolves when Telegram has been told. */
  readonly told: Promise<void>
}

/**
 * Marks messages that wait behind an answer with 👀, so that people know that they arrived, and
 * takes the mark away when their turn comes.
 */
export class SeenMarks {
  readonly #actions: Pick<ChatActions, 'react'>
  readonly #logger: Logger
  /** The marks that are shown, by update. */
  readonly #shown = new Map<number, Mark>()
  readonly #perChat = new Map<number, number>()

  constructor(actions: Pick<ChatActions, 'react'>, logger: Logger) {
    this.#actions = actions
    this.#logger = logger
  }

  show(update: IncomingUpdate): void {
    const { kind, chat, message } = update
    // in a group, most messages are not for the bot
    if (kind !== 'message' || !message.isAddressed || this.#shown.has(update.updateId)) return
    const count = this.#perChat.get(chat.id) ?? 0
    if (count >= MAX_PER_CHAT) return
    this.#perChat.set(chat.id, count + 1)
    this.#shown.set(update.updateId, { update, told: this.#react(update, EYES) })
  }

  /**
   * A message that an earlier run left in a chat where something was being answered: it may have a
   * mark, which is taken away at its turn.
   */
  inherit(update: IncomingUpdate): void {
    const { kind, chat, message } = update
    const count = this.#perChat.get(chat.id) ?? 0
    // the one that was being answered may have lost its mark only just now
    if (kind !== 'message' || !message.isAddressed || count > MAX_PER_CHAT) return
    this.#perChat.set(chat.id, count + 1)
    this.#shown.set(update.updateId, { update, told: Promise.resolve() })
  }

  takeAway(update: IncomingUpdate): void {
    const mark = this.#shown.get(update.updateId)
    if (!mark) return
    this.#shown.delete(update.updateId)
    const left = (this.#perChat.get(update.chat.id) ?? 1) - 1
    if (left === 0) this.#perChat.delete(update.chat.id)
    else this.#perChat.set(update.chat.id, left)
    // of an album, the part that was marked
    void mark.told.then(() => this.#react(mark.update, null))
  }

  async #react({ chat, message }: IncomingUpdate, emoji: string | null): Promise<void> {
    try {
      await this.#actions.react(chat, message.id, emoji)
    } catch (error) {
      this.#logger.debug('could not mark a message as seen', { err: error })
    }
  }
}
