import type { Chat, IncomingMessage, TextEntity, User } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { mentionsBot, readCommandAddress, shiftEntities } from './addressing.ts'
import type { BotName, CommandAddress } from './addressing.ts'
import { readAttachments } from './attachments.ts'
import { parseUpdate, rawEntity } from './raw-update.ts'
import type { RawCallbackQuery, RawEntity, RawMessage, RawUser } from './raw-update.ts'

/**
 * Checks one update and puts it in our terms. Kinds nobody answers, service messages and malformed
 * updates give `undefined`.
 *
 * The text stays as it was typed but for one thing: the bot's own name is taken off a leading command,
 * so `/roll@our_bot 2d6` reads `/roll 2d6`. A command for another bot keeps its `@name`.
 */
export function normaliseUpdate(raw: unknown, bot: BotName): IncomingUpdate | undefined {
  const update = parseUpdate(raw)
  if (!update) return undefined
  if (update.callback_query) return fromCallback(update.update_id, update.callback_query, bot)
  const edited = update.edited_message
  const message = edited ?? update.message ?? update.channel_post
  if (!message) return undefined

  const user = readUser(message)
  const address = readCommandAddress(textOf(message), bot)
  const normalised = readMessage(message, bot, address, edited !== undefined)
  const isEmpty = normalised.text === '' && normalised.attachments.length === 0
  if (!user || isEmpty) return undefined
  return {
    updateId: update.update_id,
    kind: edited ? 'edited_message' : 'message',
    chat: readChat(message),
    user,
    message: normalised,
    ...(address.command && !edited && { command: address.command }),
  }
}

function fromCallback(updateId: number, query: RawCallbackQuery, bot: BotName): IncomingUpdate | undefined {
  // Without a message the button stands under an inline message, without data it starts a game: neither is ours.
  if (!query.message || query.data === undefined) return undefined
  return {
    updateId,
    kind: 'callback_query',
    chat: readChat(query.message),
    user: toUser(query.from),
    message: {
      ...readMessage(query.message, bot, readCommandAddress(textOf(query.message), bot), false),
      isAddressed: true,
    },
    callback: { id: query.id, data: query.data },
  }
}

function textOf({ text, caption }: RawMessage): string {
  return text ?? caption ?? ''
}

function readMessage(
  message: RawMessage,
  bot: BotName,
  address: CommandAddress,
  isEdited: boolean,
): IncomingMessage {
  const typed = textOf(message)
  const rawEntities = readEntities(
    (message.text === undefined ? message.caption_entities : message.entities) ?? [],
    typed.length,
  )
  const entities = rawEntities.map(toEntity)
  const quoted = isTopicStart(message) ? undefined : message.reply_to_message
  const repliesToBot = quoted?.from?.id === bot.id

  return {
    id: message.message_id,
    text: address.suffix ? typed.slice(0, address.suffix.start) + typed.slice(address.suffix.end) : typed,
    entities: address.suffix ? shiftEntities(entities, address.suffix) : entities,
    attachments: readAttachments(message),
    date: new Date(message.date * 1000),
    isEdited,
    isAddressed:
      message.chat.type === 'private' ||
      address.target === 'this' ||
      mentionsBot(typed, rawEntities, bot) ||
      (repliesToBot && address.target !== 'other'),
    ...(quoted && {
      replyTo: { id: quoted.message_id, text: quoted.text ?? quoted.caption ?? '', fromBot: repliesToBot },
    }),
  }
}

/** In a forum topic, a message that answers nobody carries the topic's first service message as its quote. */
function isTopicStart(message: RawMessage): boolean {
  const quoted = message.reply_to_message
  return quoted?.forum_topic_created !== undefined && quoted.message_id === message.message_thread_id
}

function readEntities(entities: readonly unknown[], textLength: number): RawEntity[] {
  return entities.flatMap((entity) => {
    const parsed = rawEntity.safeParse(entity)
    return parsed.success && parsed.data.offset + parsed.data.length <= textLength ? [parsed.data] : []
  })
}

function toEntity({ type, offset, length, url, language }: RawEntity): TextEntity {
  return {
    type,
    offset,
    length,
    ...(url !== undefined && { url }),
    ...(language !== undefined && { language }),
  }
}

function readChat(message: RawMessage): Chat {
  const { id, type, title } = message.chat
  const topicId = message.is_topic_message === true ? message.message_thread_id : undefined
  return {
    id,
    type,
    ...(title !== undefined && type !== 'private' && { title }),
    ...(topicId !== undefined && { topicId }),
  }
}

/** Anonymous admins and channels write as a chat; `from` then names a stand-in account of Telegram's. */
function readUser(message: RawMessage): User | undefined {
  const author = message.sender_chat ?? (message.chat.type === 'channel' ? message.chat : undefined)
  if (author) {
    return {
      id: author.id,
      firstName: author.title ?? author.username ?? '',
      ...(author.username !== undefined && { username: author.username }),
      isBot: false,
    }
  }
  return message.from && toUser(message.from)
}

function toUser(user: RawUser): User {
  return {
    id: user.id,
    firstName: user.first_name,
    ...(user.last_name !== undefined && { lastName: user.last_name }),
    ...(user.username !== undefined && { username: user.username }),
    ...(user.language_code !== undefined && { languageCode: user.language_code }),
    isBot: user.is_bot,
  }
}
