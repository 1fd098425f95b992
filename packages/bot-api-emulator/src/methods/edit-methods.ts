import type { TelegramMessage } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodHandlers } from '../method-registry.ts'
import type { MessageRecord } from '../world/chat-record.ts'
import { albumItem } from './media-methods.ts'
import { readCaption, readText, textFields } from './message-text.ts'
import { readReplyMarkup } from './reply-markup.ts'
import { findMessage, writableChat } from './resolve-chat.ts'
import { readRichMessage } from './rich-message.ts'
import type { MessageContent } from './send-from-bot.ts'

interface EditTarget {
  readonly chat_id?: number | string
  readonly message_id?: number
  readonly inline_message_id?: string
}

/** The content fields of a message; an edit replaces all of them. */
const CONTENT_FIELDS = [
  'text',
  'entities',
  'link_preview_options',
  'rich_message',
  'caption',
  'caption_entities',
  'photo',
  'document',
  'audio',
  'video',
  'animation',
  'voice',
  'location',
  'has_media_spoiler',
  'show_caption_above_media',
] as const satisfies (keyof TelegramMessage)[]

const MEDIA_FIELDS = ['photo', 'document', 'audio', 'video', 'animation', 'voice'] as const
const CAPTION_FIELDS = new Set<string>(['caption', 'caption_entities', 'show_caption_above_media'])

/** Editing the bot's messages. An edit without a keyboard removes the old one. */
export const editMethods: MethodHandlers = {
  async editMessageText(params, call) {
    const { emulation } = call
    const content: MessageContent =
      params.rich_message === undefined
        ? textFields(readText({ ...params, text: params.text ?? '' }))
        : { rich_message: await readRichMessage(call, params.rich_message) }
    const record = findEditable(emulation, params)
    if (record.message.text === undefined && record.message.rich_message === undefined) {
      throw badRequest('there is no text in the message to edit')
    }
    return applyEdit(emulation, record, content, params.reply_markup)
  },

  editMessageCaption(params, { emulation }) {
    const caption = readCaption(params)
    const record = findEditable(emulation, params)
    const { message } = record
    if (!MEDIA_FIELDS.some((field) => message[field] !== undefined)) {
      throw badRequest('there is no caption in the message to edit')
    }
    const kept = contentOf(message, (field) => !CAPTION_FIELDS.has(field))
    const above = params.show_caption_above_media === true && { show_caption_above_media: true as const }
    return applyEdit(emulation, record, { ...kept, ...caption, ...above }, params.reply_markup)
  },

  async editMessageMedia(params, call) {
    // checked first, so that a refused edit leaves no file behind
    const record = findEditable(call.emulation, params)
    if (record.message.text === undefined && !MEDIA_FIELDS.some((field) => record.message[field])) {
      throw badRequest("message can't be edited")
    }
    return applyEdit(call.emulation, record, await albumItem(call, params.media), params.reply_markup)
  },

  editMessageReplyMarkup(params, { emulation }) {
    const record = findEditable(emulation, params)
    return applyEdit(emulation, record, contentOf(record.message), params.reply_markup)
  },

  editMessageLiveLocation(params, { emulation }) {
    const record = findEditable(emulation, params)
    const { location } = record.message
    if (location?.live_period === undefined) throw badRequest("message can't be edited")
    const { latitude, longitude } = params
    return applyEdit(
      emulation,
      record,
      { location: { ...location, latitude, longitude } },
      params.reply_markup,
    )
  },

  stopMessageLiveLocation(params, { emulation }) {
    const record = findEditable(emulation, params)
    const { location } = record.message
    if (location?.live_period === undefined) throw badRequest("message can't be edited")
    const { latitude, longitude } = location
    return applyEdit(emulation, record, { location: { latitude, longitude } }, params.reply_markup)
  },
}

function findEditable(emulation: Emulation, target: EditTarget): MessageRecord {
  // inline mode is not emulated, so there are no inline messages
  if (target.inline_message_id !== undefined) throw badRequest('MESSAGE_ID_INVALID')
  if (target.chat_id === undefined) throw badRequest('chat_id is empty')
  if (target.message_id === undefined) throw badRequest('message identifier is not specified')
  const chat = writableChat(emulation, target.chat_id)
  const record = findMessage(chat, target.message_id, 'message to edit')
  if (!record.fromBot || record.message.forward_origin) throw badRequest("message can't be edited")
  return record
}

function contentOf(
  message: TelegramMessage,
  isWanted: (field: string) => boolean = () => true,
): MessageContent {
  return Object.fromEntries(
    CONTENT_FIELDS.filter((field) => message[field] !== undefined && isWanted(field)).map((field) => [
      field,
      message[field],
    ]),
  )
}

function applyEdit(
  emulation: Emulation,
  record: MessageRecord,
  content: MessageContent,
  replyMarkup: unknown,
): TelegramMessage {
  const { message } = record
  const { inline } = readReplyMarkup(replyMarkup)
  if (isSame(content, contentOf(message)) && isSame(inline, message.reply_markup)) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current ' +
        'content and reply markup of the message',
    )
  }
  for (const field of CONTENT_FIELDS) delete message[field]
  Object.assign(message, content)
  if (inline) message.reply_markup = inline
  else delete message.reply_markup
  message.edit_date = Math.floor(Date.now() / 1000)
  emulation.world.announceEdit(record)
  return message
}

/** Whether two values are equal, ignoring the order of fields. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  )
}
