import type { TelegramMessage, TelegramReplyParameters } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { Emulation } from '../emulation.ts'
import type { ChatRecord } from '../world/chat-record.ts'
import { toTelegramChat } from '../world/chat-record.ts'
import { unnested } from '../world/world.ts'
import { readReplyMarkup } from './reply-markup.ts'
import { findChat, writableChat } from './resolve-chat.ts'

/** Parameters that all sending methods share. */
export interface SendParams {
  readonly chat_id: number | string
  readonly message_thread_id?: number
  readonly reply_parameters?: TelegramReplyParameters
  readonly reply_markup?: unknown
  readonly protect_content?: boolean
}

/** A message without its chat and sender. */
export type MessageContent = Partial<TelegramMessage>

/** Stores and announces a message of the bot. Returns the sending method's result. */
export function sendFromBot(
  emulation: Emulation,
  params: SendParams,
  content: MessageContent,
): TelegramMessage {
  const { inline, keyboard } = readReplyMarkup(params.reply_markup)
  const chat = writableChat(emulation, params.chat_id)
  if (params.message_thread_id !== undefined) throw badRequest('message thread not found')
  const replied = findReplied(emulation, chat, params.reply_parameters)
  const { bot, world } = emulation
  const record = world.addMessage(
    chat,
    (messageId) => ({
      message_id: messageId,
      ...(chat.type === 'channel' ? { sender_chat: toTelegramChat(chat) } : { from: emulation.profile.user }),
      chat: toTelegramChat(chat),
      date: Math.floor(Date.now() / 1000),
      ...(replied && { reply_to_message: unnested(replied) }),
      ...(params.protect_content === true && { has_protected_content: true as const }),
      ...content,
      ...(inline && { reply_markup: inline }),
    }),
    bot,
    keyboard,
  )
  return record.message
}

function findReplied(
  emulation: Emulation,
  chat: ChatRecord,
  reply: TelegramReplyParameters | undefined,
): TelegramMessage | undefined {
  if (reply?.message_id === undefined) return undefined
  const source = reply.chat_id === undefined ? chat : findChat(emulation, reply.chat_id)
  const message = source.messages.get(reply.message_id)?.message
  if (!message && reply.allow_sending_without_reply !== true) {
    throw badRequest('message to be replied not found')
  }
  return message
}
