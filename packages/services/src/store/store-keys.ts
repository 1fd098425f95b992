import { StoreError } from '@pluggram/sdk'

const MAX_KEY_LENGTH = 512
/**
 * The prefix of chats' keys. Plugins' own keys contain no control characters, so they cannot
 * collide.
 */
const CHAT_MARK = '\u0001'
// oxlint-disable-next-line no-control-regex -- that is what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f]/

export function markOfChat(chatId: number): string {
  return `${CHAT_MARK}${chatId}${CHAT_MARK}`
}

/**
 * Whether a key belongs to a chat. Such keys sort first and are left out of lists of the whole
 * store.
 */
export function isChatKey(key: string): boolean {
  return key.startsWith(CHAT_MARK)
}

/** @throws StoreError */
export function checkKey(key: string): string {
  const isUsable =
    typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH && !CONTROL_CHARACTER.test(key)
  if (isUsable && key.isWellFormed()) return key
  throw new StoreError(
    `A store key must be text of 1 to ${MAX_KEY_LENGTH} characters, without control characters.`,
  )
}
