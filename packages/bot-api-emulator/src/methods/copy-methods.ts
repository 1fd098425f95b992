import type { TelegramMessage, TelegramMessageOrigin } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodHandlers } from '../method-registry.ts'
import type { MessageRecord } from '../world/chat-record.ts'
import { readCaption } from './message-text.ts'
import { findChat, findMessage } from './resolve-chat.ts'
import type { MessageContent, SendParams } from './send-from-bot.ts'
import { sendFromBot } from './send-from-bot.ts'

const MAX_MESSAGES = 100

/** The fields copied with a forwarded or copied message. */
const COPIED = [
  'text',
  'entities',
  'link_preview_options',
  'rich_message',
  'caption',
  'caption_entities',
  'show_caption_above_media',
  'has_media_spoiler',
  'photo',
  'document',
  'audio',
  'video',
  'animation',
  'voice',
  'video_note',
  'sticker',
  'location',
  'venue',
  'contact',
  'poll',
  'dice',
] as const satisfies (keyof TelegramMessage)[]

interface SourceParams extends SendParams {
  readonly from_chat_id: number | string
}

/** Forwarding and copying, one by one and in bulk. */
export const copyMethods: MethodHandlers = {
  forwardMessage(params, { emulation }) {
    const source = findSource(emulation, params, params.message_id, 'forward')
    return sendFromBot(emulation, params, forwardedContent(source, 'forwarded'))
  },

  forwardMessages: (params, { emulation }) =>
    sendAll(emulation, params, params.message_ids, 'forward', (source) =>
      forwardedContent(source, 'forwarded'),
    ),

  copyMessage(params, { emulation }) {
    const source = findSource(emulation, params, params.message_id, 'copy')
    const content = copiedContent(source, 'copied')
    if (params.caption !== undefined) {
      delete content.caption
      delete content.caption_entities
      Object.assign(content, readCaption(params))
    }
    return { message_id: sendFromBot(emulation, params, content).message_id }
  },

  copyMessages: (params, { emulation }) =>
    sendAll(emulation, params, params.message_ids, 'copy', (source) => {
      const content = copiedContent(source, 'copied')
      if (params.remove_caption === true) {
        delete content.caption
        delete content.caption_entities
      }
      return content
    }),
}

function findSource(emulation: Emulation, params: SourceParams, id: number, act: string): MessageRecord {
  return findMessage(findChat(emulation, params.from_chat_id), id, `message to ${act}`)
}

/** Sends the messages that exist, in order. Fails only if there is none. */
function sendAll(
  emulation: Emulation,
  params: SourceParams,
  ids: readonly number[],
  act: string,
  makeContent: (source: MessageRecord) => MessageContent,
): { message_id: number }[] {
  checkIds(ids)
  const { messages } = findChat(emulation, params.from_chat_id)
  const sources = ids.map((id) => messages.get(id)).filter((source) => source !== undefined)
  if (sources.length === 0) throw badRequest(`messages to ${act} not found`)
  return sources.map((source) => ({
    message_id: sendFromBot(emulation, params, makeContent(source)).message_id,
  }))
}

function checkIds(ids: readonly number[]): void {
  if (ids.length === 0) throw badRequest('message identifiers are not specified')
  if (ids.length > MAX_MESSAGES) throw badRequest('too many message identifiers specified')
  if (ids.some((id, index) => index > 0 && id <= (ids[index - 1] ?? 0))) {
    throw badRequest('message identifiers must be in a strictly increasing order')
  }
}

function copiedContent({ message }: MessageRecord, act: string): MessageContent {
  const entries = COPIED.filter((field) => message[field] !== undefined).map((field) => [
    field,
    message[field],
  ])
  // service messages have nothing to copy, and protected ones must not be copied
  if (entries.length === 0 || message.has_protected_content) throw badRequest(`message can't be ${act}`)
  return Object.fromEntries(entries)
}

function forwardedContent(source: MessageRecord, act: string): MessageContent {
  const { message } = source
  return { ...copiedContent(source, act), forward_origin: message.forward_origin ?? originOf(message) }
}

function originOf(message: TelegramMessage): TelegramMessageOrigin {
  const { date, from, sender_chat: channel, message_id } = message
  if (channel) return { type: 'channel', date, chat: channel, message_id }
  if (from) return { type: 'user', date, sender_user: from }
  return { type: 'hidden_user', date, sender_user_name: 'Deleted Account' }
}
