import type { Chat, IncomingMessage, Logger, TextEntity, User } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { readAddress } from './address.ts'
import type { AddressedText, BotName, TypedText } from './address.ts'
import { readAttachments } from './attachments.ts'
import { noteMembership } from './bot-membership.ts'
import type { MembershipListener } from './bot-membership.ts'
import { noteMigration } from './chat-migration.ts'
import { readForeignWords } from './foreign-words.ts'
import type { ForeignWords } from './foreign-words.ts'
import type { BotIdentity } from './identify-bot.ts'
import { noteStoppedDraft } from './stopped-draft.ts'
import { parseUpdate } from './raw-update.ts'
import type { RawCallbackQuery, RawMessage, RawQuotedMessage, RawUpdate, RawUser } from './raw-update.ts'
import { readEntities } from './read-entities.ts'

interface ReadOptions {
  readonly logger: Logger
  /** Called when a group became a supergroup with a new id. */
  readonly onChatMigrated?: ((from: number, to: number) => void) | undefined
  /** Called when a person stopped a text that is being written. */
  readonly onDraftStopped?: ((chatId: number, draftId: number) => void) | undefined
  readonly onMembership?: MembershipListener | undefined
}

/**
 * Reads one raw update; `undefined` when no plugin handles its kind. One that cannot be read is
 * skipped: it would come again and again, and nothing behind it would arrive.
 */
export function readUpdate(
  raw: unknown,
  bot: BotIdentity,
  { onChatMigrated, onDraftStopped, onMembership, logger }: ReadOptions,
): IncomingUpdate | undefined {
  try {
    const update = normaliseUpdate(raw, bot)
    if (update) return update
    noteMigration(raw, onChatMigrated)
    noteStoppedDraft(raw, onDraftStopped)
    noteMembership(raw, onMembership)
  } catch (error) {
    logger.error('an update could not be read; it is skipped', { err: error })
  }
  return undefined
}

/**
 * Validates one update and converts it to our types. Returns `undefined` for service messages,
 * malformed updates and kinds that no plugin handles.
 *
 * The text stays as it was typed, without the words that address the bot (see `readAddress`). A
 * command for another bot keeps its `@name`.
 */
export function normaliseUpdate(raw: unknown, bot: BotName): IncomingUpdate | undefined {
  const isCommon = isCommonUpdate(raw)
  const update: RawUpdate | undefined = isCommon ? raw : parseUpdate(raw)
  if (!update) return undefined
  if (update.callback_query) return fromCallback(update.update_id, update.callback_query, bot)
  const edited = update.edited_message ?? update.edited_channel_post
  const message = edited ?? update.message ?? update.channel_post
  if (!message) return undefined

  const user = readUser(message)
  const foreign = isCommon ? ALL_OWN : readForeignWords(rawMessageOf(raw))
  const typed = typedIn(message)
  const said = readAddress(typed, bot)
  // what others wrote is no command of the user's, and stays as it is
  const address: AddressedText = foreign.origin === undefined ? said : { ...typed, to: said.to }
  const attachments = isCommon ? [] : readAttachments(message)
  const normalised = {
    ...readMessage(message, bot, address),
    attachments,
    isEdited: edited !== undefined,
    ...(message.media_group_id !== undefined && { albumId: message.media_group_id }),
    ...foreign,
  }
  const isEmpty =
    normalised.text === '' && normalised.attachments.length === 0 && normalised.carried === undefined
  if (!user || isEmpty) return undefined
  return {
    updateId: update.update_id,
    kind: edited ? 'edited_message' : 'message',
    chat: readChat(message),
    user,
    message: normalised,
    ...(address.command && !edited && { command: address.command }),
    ...(message.is_automatic_forward === true && message.sender_chat && { copyOf: message.sender_chat.id }),
    ...(message.media_group_id !== undefined && !edited && { album: message.media_group_id }),
  }
}

function fromCallback(updateId: number, query: RawCallbackQuery, bot: BotName): IncomingUpdate | undefined {
  // A query without a message comes from an inline message, one without data starts a game. We send
  // neither.
  if (!query.message || query.data === undefined) return undefined
  return {
    updateId,
    kind: 'callback_query',
    chat: readChat(query.message),
    user: toUser(query.from),
    message: {
      ...readMessage(query.message, bot, { ...typedIn(query.message), to: 'this' }),
      attachments: readAttachments(query.message),
      isEdited: false,
      isAddressed: true,
    },
    callback: { id: query.id, data: query.data },
  }
}

const ALL_OWN: ForeignWords = {}

/** The message of an update as it came, with the fields that the schema does not know. */
function rawMessageOf(raw: unknown): unknown {
  const update = Object(raw) as Record<string, unknown>
  return update.edited_message ?? update.edited_channel_post ?? update.message ?? update.channel_post
}

function textOf({ text, caption }: RawMessage | RawQuotedMessage): string {
  return text ?? caption ?? ''
}

function entitiesOf(message: RawMessage | RawQuotedMessage): TextEntity[] {
  const raw = message.text === undefined ? message.caption_entities : message.entities
  return readEntities(raw, textOf(message).length)
}

function typedIn(message: RawMessage): TypedText {
  const { type } = message.chat
  return {
    text: textOf(message),
    entities: entitiesOf(message),
    isGroup: type === 'group' || type === 'supergroup',
    isCaption: message.text === undefined,
  }
}

function readMessage(
  message: RawMessage,
  bot: BotName,
  { text, entities, to }: AddressedText,
): Omit<IncomingMessage, 'attachments' | 'isEdited'> {
  const quoted = isTopicStart(message) ? undefined : message.reply_to_message
  const repliesToBot = quoted?.from?.id === bot.id

  return {
    id: message.message_id,
    text,
    entities,
    date: new Date(message.date * 1000),
    isAddressed: message.chat.type === 'private' || to === 'this' || (repliesToBot && to !== 'other'),
    ...(quoted && { replyTo: readReplied(message, quoted, repliesToBot) }),
  }
}

function readReplied(
  message: RawMessage,
  quoted: RawQuotedMessage,
  fromBot: boolean,
): NonNullable<IncomingMessage['replyTo']> {
  const entities = entitiesOf(quoted)
  const attachments = readAttachments(quoted)
  const { carried } = quoted.foreign
  return {
    id: quoted.message_id,
    text: textOf(quoted),
    ...(entities.length > 0 && { entities }),
    fromBot,
    ...(attachments.length > 0 && { attachments }),
    ...(carried !== undefined && { carried }),
    ...(quoted.from && !quoted.sender_chat && !fromBot && { userId: quoted.from.id }),
    ...(isBySame(message, quoted) && { isOwn: true }),
  }
}

/** Whether the author of a message also wrote the one that it answers. */
function isBySame({ from, sender_chat: sender }: RawMessage, quoted: RawQuotedMessage): boolean {
  if (from === undefined || sender !== undefined || quoted.from?.id !== from.id) return false
  return quoted.sender_chat === undefined && quoted.foreign.origin === undefined
}

/** In a forum topic, a message that is not a reply quotes the topic's first service message. */
function isTopicStart(message: RawMessage): boolean {
  const quoted = message.reply_to_message
  return quoted?.forum_topic_created !== undefined && quoted.message_id === message.message_thread_id
}

function readChat(message: RawMessage): Chat {
  const { id, type, title } = message.chat
  const { message_id: messageId, message_thread_id: thread } = message
  const topicId = message.is_topic_message === true ? thread : undefined
  // what answers a channel's post, copied into its discussion group, is a comment on it
  const isReplies = thread !== undefined || message.is_automatic_forward === true
  const isInThread = type === 'supergroup' && isReplies && topicId === undefined
  return {
    id,
    type,
    ...(title !== undefined && type !== 'private' && { title }),
    ...(topicId !== undefined && { topicId }),
    ...(isInThread && { threadMessageId: messageId }),
  }
}

/**
 * Anonymous admins and channels write as a chat; `from` is then a placeholder account of
 * Telegram's.
 */
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

/** A text message from a person, without anything else. Nearly every update is one. */
interface CommonUpdate {
  readonly update_id: number
  readonly message: {
    readonly message_id: number
    readonly date: number
    readonly chat: CommonChat
    readonly from: CommonUser
    readonly text: string
    readonly entities?: unknown[]
  }
}

interface CommonChat {
  readonly id: number
  readonly type: 'private' | 'group' | 'supergroup' | 'channel'
  readonly title?: string
  readonly username?: string
}

interface CommonUser {
  readonly id: number
  readonly is_bot: boolean
  readonly first_name: string
  readonly last_name?: string
  readonly username?: string
  readonly language_code?: string
}

type Members = Readonly<Record<string, unknown>>

const UPDATE_MEMBERS: ReadonlySet<string> = new Set(['update_id', 'message'])
const MESSAGE_MEMBERS: ReadonlySet<string> = new Set([
  'message_id',
  'date',
  'chat',
  'from',
  'text',
  'entities',
])
const CHAT_TYPES: ReadonlySet<unknown> = new Set(['private', 'group', 'supergroup', 'channel'])

/**
 * True when the schema would accept this update unchanged. The schema checks every possible member
 * and copies what it finds, which took more time than the rest of reading a message. Anything
 * unusual or malformed goes to the schema.
 */
export function isCommonUpdate(raw: unknown): raw is CommonUpdate {
  if (!isObject(raw) || !hasOnly(UPDATE_MEMBERS, raw)) return false
  return isCount(raw.update_id) && isCommonMessage(raw.message)
}

function isCommonMessage(message: unknown): boolean {
  if (!isObject(message) || !hasOnly(MESSAGE_MEMBERS, message)) return false
  const { message_id: id, date, chat, from, text, entities } = message
  const isWhole = Number.isSafeInteger(id) && isCount(date) && isText(text)
  return isWhole && isChat(chat) && isUser(from) && (entities === undefined || Array.isArray(entities))
}

function isChat(chat: unknown): boolean {
  if (!isObject(chat) || !Number.isSafeInteger(chat.id) || !CHAT_TYPES.has(chat.type)) return false
  return isOptionalText(chat.title) && isOptionalText(chat.username)
}

function isUser(user: unknown): boolean {
  if (!isObject(user) || !Number.isSafeInteger(user.id) || typeof user.is_bot !== 'boolean') return false
  const { first_name: first, last_name: last, username, language_code: language } = user
  return isText(first) && isOptionalText(last) && isOptionalText(username) && isOptionalText(language)
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): boolean => typeof value === 'string' && value.isWellFormed()
const isOptionalText = (value: unknown): boolean => value === undefined || isText(value)

function hasOnly(known: ReadonlySet<string>, value: Members): boolean {
  for (const key in value) if (!known.has(key)) return false
  return true
}
