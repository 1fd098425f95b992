import type { PluginStatus } from '@pluggram/sdk'

/** A status is shown in chats and on a page, so its size is limited. */
const MAX_CHARACTERS = 16_384

/**
 * Parses the result of `getStatus` as plain JSON.
 * @throws Error that says what is wrong.
 */
export function parseStatus(value: unknown): PluginStatus {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    throw new Error('getStatus gave something that cannot be written as JSON')
  }
  if (text === undefined || text.length > MAX_CHARACTERS) {
    throw new Error(`getStatus must give an object of at most ${MAX_CHARACTERS} characters of JSON`)
  }
  const plain: unknown = JSON.parse(text)
  if (isStatus(plain)) return plain
  throw new Error("getStatus must give an object such as { status: 'active' }")
}

function isStatus(value: unknown): value is PluginStatus {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'string'
}
