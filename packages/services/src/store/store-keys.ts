import { StoreError } from '@pluggram/sdk'

const MAX_KEY_LENGTH = 512
const MAX_ROLLING = 4
const STORE_NAME = /^[a-z0-9_]{1,32}$/
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

/**
 * @param count how many rolling stores the plugin has
 * @throws StoreError
 */
export function checkStoreName(name: string, count: number): string {
  if (!STORE_NAME.test(name)) {
    throw new StoreError('The name of a rolling store has 1 to 32 lower case letters, digits and _.')
  }
  if (count >= MAX_ROLLING) throw new StoreError(`A plugin can have ${MAX_ROLLING} rolling stores.`)
  return name
}
