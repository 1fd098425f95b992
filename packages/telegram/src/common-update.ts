/** A text of a person in a chat, and nothing besides: what nearly every update is. */
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
 * True when the schema of an update would take this one as it is. A schema looks for every member that a message can
 * have and makes a copy of what it finds; on the way of every message that cost more than all the rest of reading it.
 * Whatever is unusual, or wrong, is the schema's business.
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
