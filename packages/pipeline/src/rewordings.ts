import type { IncomingMessage } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'

/** A message with its newest words, and the edits that brought them. */
interface Reworded {
  readonly update: IncomingUpdate
  readonly editIds: readonly number[]
}

/**
 * What people change about messages that are not answered yet.
 *
 *   a message that waits is edited ──▶ it is answered once, with the new words; the edit is done with it
 *   one that is being answered is edited, or a part of its album comes late ──▶ that overtakes what waits,
 *                                             and the chat goes on once its answer is there
 */
export class Rewordings {
  /** Edits whose turn has not come, oldest first, by their message. */
  readonly #edits = new Map<string, IncomingUpdate[]>()
  /** Edits that were answered with their message. */
  readonly #answered = new Set<number>()
  /** Updates that are answered in the place of a message: resolved at their end. */
  readonly #ends = new Map<number, PromiseWithResolvers<void>>()
  /** Those of each message whose answer is not over. */
  readonly #instead = new Map<string, Promise<unknown>>()

  /** Notes an edit that is put into a lane. */
  add(update: IncomingUpdate): void {
    const key = keyOf(update.chat.id, update.message.id)
    const edits = this.#edits.get(key)
    if (edits) edits.push(update)
    else this.#edits.set(key, [update])
  }

  /** The turn of an edit has come. False: it was answered with its message. */
  begin({ updateId, chat, message }: IncomingUpdate): boolean {
    if (this.#answered.delete(updateId)) return false
    const key = keyOf(chat.id, message.id)
    const others = this.#edits.get(key)?.filter((edit) => edit.updateId !== updateId) ?? []
    if (others.length > 0) this.#edits.set(key, others)
    else this.#edits.delete(key)
    return true
  }

  /** The newest words of a message whose turn has come; `undefined` when they are its own. */
  reword(update: IncomingUpdate): Reworded | undefined {
    if (this.#edits.size === 0 || update.kind !== 'message' || update.command) return undefined
    const key = keyOf(update.chat.id, update.message.id)
    const edits = this.#edits.get(key)
    const newest = edits?.at(-1)
    if (!edits || !newest || newest.user.id !== update.user.id) return undefined
    // whoever changes a question into a command sends it again: an edit runs none
    if (newest.message.text.startsWith('/')) return undefined
    this.#edits.delete(key)
    for (const { updateId } of edits) this.#answered.add(updateId)
    const message: IncomingMessage = { ...newest.message, isEdited: false }
    return { update: { ...update, message }, editIds: edits.map(({ updateId }) => updateId) }
  }

  /** An update overtakes the others of its chat, because it changes the message that is being answered. */
  overtake(update: IncomingUpdate, messageId: number): void {
    const end = Promise.withResolvers<void>()
    this.#ends.set(update.updateId, end)
    const key = keyOf(update.chat.id, messageId)
    this.#instead.set(key, Promise.all([this.#instead.get(key), end.promise]))
  }

  /** The work on an update is over. */
  end(updateId: number): void {
    if (this.#ends.size === 0) return
    this.#ends.get(updateId)?.resolve()
    this.#ends.delete(updateId)
  }

  /** Resolves once nothing is answered in the place of a message; `undefined` when nothing is. */
  rest({ chat, message }: IncomingUpdate): Promise<void> | undefined {
    if (this.#instead.size === 0) return undefined
    const key = keyOf(chat.id, message.id)
    return this.#instead.has(key) ? this.#restOf(key) : undefined
  }

  async #restOf(key: string): Promise<void> {
    for (let other = this.#instead.get(key); other; other = this.#instead.get(key)) {
      this.#instead.delete(key)
      await other
    }
  }
}

function keyOf(chatId: number, messageId: number): string {
  return `${chatId}/${messageId}`
}
