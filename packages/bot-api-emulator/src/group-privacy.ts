import type { TelegramMessage } from '@gramio/types'
import type { BotProfile } from './bot-profile.ts'
import type { ChatRecord } from './world/chat-record.ts'

/**
 * Whether the bot receives a message. With privacy on, in groups it only receives messages meant
 * for it.
 */
export function isMeantForBot(chat: ChatRecord, message: TelegramMessage, bot: BotProfile): boolean {
  if (!bot.groupPrivacy || chat.type === 'private' || chat.type === 'channel') return true
  if (message.reply_to_message?.from?.id === bot.user.id) return true
  const text = message.text ?? message.caption ?? ''
  const own = `@${bot.user.username}`.toLowerCase()
  return (message.entities ?? message.caption_entities ?? []).some((entity) => {
    const value = text.slice(entity.offset, entity.offset + entity.length).toLowerCase()
    if (entity.type === 'mention') return value === own
    return entity.type === 'bot_command' && (!value.includes('@') || value.endsWith(own))
  })
}
