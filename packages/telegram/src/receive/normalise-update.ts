import type { Chat, Command, IncomingMessage, Logger, TextEntity, User } from '@pluggram/sdk'
import { readCommand } from '@pluggram/sdk/runtime'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { readAttachments } from './attachments.ts'
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
}

/**
 * Reads one raw update; `undefined` when no plugin handles its kind. One that cannot be read is
 * skipped: it would come again and again, and nothing behind it would arrive.
 */
export function readUpdate(
  raw: unknown,
  bot: BotIdentity,
  { onChatMigrated, onDraftStopped, logger }: ReadOptions,
): IncomingUpdate | undefined {
  try {
    return (
      normaliseUpdate(raw, bot) ?? noteMigration(raw, onChatMigrated) ?? noteStoppedDraft(raw, onDraftStopped)
    )
  } catch (error) {
    logger.error('an update could not be read; it is skipped', { err: error })
  }
  return undefined
}

/**
 * Validates one update and converts it to our types. Returns `undefined` for service messages,
 * malformed updates and kinds that no plugin handles.
 *
 * The text stays as it was typed, except that the bot's own name is removed from a leading command:
 * `/roll@our_bot 2d6` becomes `/roll 2d6`. A command for another bot keeps its `@name`.
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
  // what others wrote is no command of the user's
  const address = foreign.origin === undefined ? readCommandAddress(textOf(message), bot) : NO_COMMAND
  const normalised = {
    ...readMessage(message, bot, address),
    attachments: isCommon ? [] : readAttachments(message),
    isEdited: edited !== undefined,
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
      ...readMessage(query.message, bot, readCommandAddress(textOf(query.message), bot)),
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

function readMessage(
  message: RawMessage,
  bot: BotName,
  address: CommandAddress,
): Omit<IncomingMessage, 'attachments' | 'isEdited'> {
  const typed = textOf(message)
  const entities = entitiesOf(message)
  const quoted = isTopicStart(message) ? undefined : message.reply_to_message
  const repliesToBot = quoted?.from?.id === bot.id

  return {
    id: message.message_id,
    text: address.suffix ? typed.slice(0, address.suffix.start) + typed.slice(address.suffix.end) : typed,
    entities: address.suffix ? shiftEntities(entities, address.suffix) : entities,
    date: new Date(message.date * 1000),
    isAddressed:
      message.chat.type === 'private' ||
      address.target === 'this' ||
      mentionsBot(typed, entities, bot) ||
      (repliesToBot && address.target !== 'other'),
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
  const topicId = message.is_topic_message === true ? message.message_thread_id : undefined
  return {
    id,
    type,
    ...(title !== undefined && type !== 'private' && { title }),
    ...(topicId !== undefined && { topicId }),
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

/** The parts of an identity that show whether a message addresses the bot. */
export type BotName = Pick<BotIdentity, 'id' | 'username'>

/** Which bot a leading `/command` is for. */
interface CommandAddress {
  /** `this`: this bot by name, or no name; `other`: another bot by name; `none`: not a command. */
  readonly target: 'this' | 'other' | 'none'
  /** Set when the target is this bot. */
  readonly command?: Command
  /** The position of `@name` in the text, when it names this bot. */
  readonly suffix?: { readonly start: number; readonly end: number }
}

const NO_COMMAND: CommandAddress = { target: 'none' }
const OTHER_BOT: CommandAddress = { target: 'other' }

/** Reads a command at the start of `text`, `/name` or `/name@bot`. */
function readCommandAddress(text: string, bot: BotName): CommandAddress {
  const written = text.startsWith('/') ? readCommand(text) : undefined
  if (!written) return NO_COMMAND
  const { command } = written
  if (written.bot === undefined) return { target: 'this', command }
  if (!isBotName(`@${written.bot}`, bot)) return OTHER_BOT
  const start = 1 + command.name.length
  return { target: 'this', command, suffix: { start, end: start + 1 + written.bot.length } }
}

/** Whether an entity of `text` mentions the bot, by `@name` or by a link to its account. */
function mentionsBot(text: string, entities: readonly TextEntity[], bot: BotName): boolean {
  return entities.some(
    (entity) =>
      (entity.type === 'mention' &&
        isBotName(text.slice(entity.offset, entity.offset + entity.length), bot)) ||
      (entity.type === 'text_mention' && entity.userId === bot.id),
  )
}

/** Adjusts the entities for the removal of `suffix` from the text. */
function shiftEntities(
  entities: readonly TextEntity[],
  suffix: { readonly start: number; readonly end: number },
): TextEntity[] {
  const removed = suffix.end - suffix.start
  // A position inside the removed text moves to its start.
  const move = (position: number): number =>
    position <= suffix.start ? position : Math.max(suffix.start, position - removed)
  return entities
    .map((entity) => {
      const offset = move(entity.offset)
      return { ...entity, offset, length: move(entity.offset + entity.length) - offset }
    })
    .filter((entity) => entity.length > 0)
}

function isBotName(mention: string, bot: BotName): boolean {
  return mention.toLowerCase() === `@${bot.username.toLowerCase()}`
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
