import { badRequest, forbidden } from '../bot-api-error.ts'
import type { Emulation } from '../emulation.ts'
import type { ChatRecord, MessageRecord } from '../world/chat-record.ts'

const CHAT_WORDS = {
  private: 'private',
  group: 'group',
  supergroup: 'supergroup',
  channel: 'channel',
} as const

/** The chat that a call names, regardless of the bot's rights there. */
export function findChat(emulation: Emulation, chatId: number | string): ChatRecord {
  if (chatId === '') throw badRequest('chat_id is empty')
  const chat = typeof chatId === 'number' ? emulation.world.chats.get(chatId) : undefined
  if (!chat) throw badRequest('chat not found')
  if (chat.migratedTo !== undefined) {
    throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.migratedTo })
  }
  return chat
}

/** The chat that a call writes to. The bot must be a member and not blocked. */
export function writableChat(emulation: Emulation, chatId: number | string): ChatRecord {
  const chat = findChat(emulation, chatId)
  if (chat.partner?.blockedBot) throw forbidden('bot was blocked by the user')
  if (chat.botLeft) throw forbidden(`bot is not a member of the ${CHAT_WORDS[chat.type]} chat`)
  return chat
}

/** Finds a message by id. `missing` is its name in Telegram's error, such as "message to edit". */
export function findMessage(chat: ChatRecord, messageId: number, missing: string): MessageRecord {
  const record = chat.messages.get(messageId)
  if (!record) throw badRequest(`${missing} not found`)
  return record
}
