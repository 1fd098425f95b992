import type { Logger } from '@pluggram/sdk'
import type { TelegramError } from '../api/errors.ts'
import type { BotApiCall, BotApiPayload } from './format.ts'
import { CAPTION_LIMIT } from '../text/formatted-text.ts'

type MendName = 'migrated' | 'formatting' | 'buttons' | 'topic' | 'photo' | 'caption-edit' | 'lost-edit'

interface Mend {
  readonly name: MendName
  /** Returns the message to send instead, or `undefined` when the error has another cause. */
  apply(error: TelegramError, message: BotApiCall): BotApiCall | undefined
}

/** What can be removed or changed in a refused message so that its text still arrives. */
const MENDS: readonly Mend[] = [
  {
    name: 'migrated',
    apply: ({ migrateToChatId }, message) =>
      migrateToChatId === undefined
        ? undefined
        : { ...message, payload: { ...message.payload, chat_id: migrateToChatId } },
  },
  {
    name: 'formatting',
    apply: ({ description = '' }, message) =>
      /entit|parse/i.test(description) ? without(message, 'entities', 'caption_entities') : undefined,
  },
  {
    name: 'buttons',
    apply: ({ description = '' }, message) =>
      /button|keyboard|reply.?markup/i.test(description) && message.method !== 'editMessageReplyMarkup'
        ? without(message, 'reply_markup')
        : undefined,
  },
  {
    name: 'topic',
    apply: ({ description = '' }, message) =>
      /message thread not found|TOPIC_DELETED/i.test(description)
        ? without(message, 'message_thread_id')
        : undefined,
  },
  {
    name: 'photo',
    apply: ({ description = '' }, { method, payload }) => {
      const { photo, ...rest } = payload
      if (method !== 'sendPhoto' || photo === undefined || !/photo|image/i.test(description)) return undefined
      return { method: 'sendDocument', payload: { ...rest, document: photo } }
    },
  },
  {
    name: 'caption-edit',
    apply: ({ description = '' }, { method, payload }) => {
      const { text, entities, link_preview_options: _preview, ...rest } = payload
      const isCaption = method === 'editMessageText' && /no text in the message to edit/i.test(description)
      if (!isCaption || text === undefined || text.length > CAPTION_LIMIT) return undefined
      return {
        method: 'editMessageCaption',
        payload: { ...rest, caption: text, ...(entities && { caption_entities: entities }) },
      }
    },
  },
  {
    name: 'lost-edit',
    apply: ({ description = '' }, { method, payload }) => {
      const { message_id: _target, ...rest } = payload
      const isLost = /message to edit not found|can't be edited|no text in the message|MESSAGE_ID_INVALID/i
      return method === 'editMessageText' && isLost.test(description)
        ? { method: 'sendMessage', payload: rest }
        : undefined
    },
  },
]

/** Mends one message after each refusal, each way at most once. */
export function createMender(
  logger: Logger,
): (error: TelegramError, message: BotApiCall) => BotApiCall | undefined {
  const used = new Set<MendName>()
  return (error, message) => {
    if (error.errorCode !== 400) return undefined
    for (const { name, apply } of MENDS) {
      const mended = used.has(name) ? undefined : apply(error, message)
      if (mended) {
        used.add(name)
        logger.warn('Telegram refused a message; sending it in another way', {
          mend: name,
          description: error.description,
        })
        return mended
      }
    }
    return undefined
  }
}

/** The message without `members`; `undefined` when it has none of them. */
function without(message: BotApiCall, ...members: (keyof BotApiPayload)[]): BotApiCall | undefined {
  const present = members.filter((member) => message.payload[member] !== undefined)
  if (present.length === 0) return undefined
  const payload = { ...message.payload }
  for (const member of present) delete payload[member]
  return { ...message, payload }
}
