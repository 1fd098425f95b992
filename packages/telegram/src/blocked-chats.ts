import { DeliveryError } from '@pluggram/sdk'

/** Chats that do not want to hear from the bot: it was blocked there, or removed. */
export interface BlockedChats {
  /** Telegram answered 403. */
  mark(chatId: number): void
  /** Somebody wrote there: it is open again. */
  clear(chatId: number): void
  isBlocked(chatId: number): boolean
  /** @throws DeliveryError `delivery-blocked` while the chat is marked */
  check(chatId: number): void
  readonly size: number
}

/** A chat can open again without writing; then a message is tried after this long. */
const MARKED_MILLISECONDS = 15 * 60_000
const MAX_MARKS = 10_000

/** @param now monotonic milliseconds */
export function createBlockedChats(now: () => number): BlockedChats {
  const ends = new Map<number, number>()

  function isBlocked(chatId: number): boolean {
    const end = ends.get(chatId)
    if (end === undefined) return false
    if (end > now()) return true
    ends.delete(chatId)
    return false
  }

  return {
    mark(chatId): void {
      ends.delete(chatId)
      ends.set(chatId, now() + MARKED_MILLISECONDS)
      // The oldest mark stands first.
      const [oldest] = ends.keys()
      if (ends.size > MAX_MARKS && oldest !== undefined) ends.delete(oldest)
    },
    clear: (chatId) => void ends.delete(chatId),
    isBlocked,
    check(chatId): void {
      if (!isBlocked(chatId)) return
      throw new DeliveryError(
        'delivery-blocked',
        'The bot was blocked in this chat or removed from it; it is tried again when somebody writes there, or later',
      )
    },
    get size(): number {
      return ends.size
    },
  }
}
