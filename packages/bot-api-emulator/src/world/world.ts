import type { TelegramMessage } from '@gramio/types'
import type { EmulatedUser, NewChat, NewUser, TranscriptDraft } from '../drive-types.ts'
import { compact } from '../compact.ts'
import { DriverError } from '../driver-error.ts'
import type { ChatRecord, MessageIds, MessageRecord, UserRecord } from './chat-record.ts'
import { toEmulatedChat, toTelegramUser } from './chat-record.ts'
import type { EventHub } from './event-hub.ts'
import type { FileStore } from './file-store.ts'
import { toTranscriptMessage } from './transcript.ts'

/**
 * Beyond 32 bits, like current Telegram ids, so that code that truncates them fails here as well.
 */
const FIRST_USER_ID = 5_000_000_001
const FIRST_GROUP_ID = -4_000_000_001
const FIRST_SUPERGROUP_ID = -1_002_000_000_001
const DRAFT_LIFETIME_MS = 30_000
/** Fields that are removed from a message inside another one. */
const UNNESTED = new Set(['reply_to_message', 'pinned_message'])

export interface WorldOptions {
  readonly bot: EmulatedUser
  readonly events: EventHub
  readonly files: FileStore
  /** Messages kept per chat. */
  readonly maxMessagesPerChat: number
}

/** A world as plain data. Shared objects stay shared in its copies. */
export interface WorldDump {
  readonly users: ReadonlyMap<number, UserRecord>
  readonly chats: ReadonlyMap<number, ChatRecord>
  readonly sharedMessageIds: MessageIds
  readonly nextIds: readonly [user: number, group: number, supergroup: number]
}

/** Users, chats and their messages. Independent of HTTP and updates. */
export class World {
  readonly bot: EmulatedUser
  readonly events: EventHub
  readonly files: FileStore
  readonly users = new Map<number, UserRecord>()
  readonly chats = new Map<number, ChatRecord>()
  readonly #maxMessagesPerChat: number
  #sharedMessageIds: MessageIds = { last: 0 }
  #nextUserId = FIRST_USER_ID
  #nextGroupId = FIRST_GROUP_ID
  #nextSupergroupId = FIRST_SUPERGROUP_ID

  constructor(options: WorldOptions) {
    this.bot = options.bot
    this.events = options.events
    this.files = options.files
    this.#maxMessagesPerChat = options.maxMessagesPerChat
  }

  /** All data, by reference; serialise it before the next change. */
  dump(): WorldDump {
    return {
      users: this.users,
      chats: this.chats,
      sharedMessageIds: this.#sharedMessageIds,
      nextIds: [this.#nextUserId, this.#nextGroupId, this.#nextSupergroupId],
    }
  }

  /** Loads another world's data; only for an empty world. */
  load(dump: WorldDump): void {
    for (const [id, user] of dump.users) this.users.set(id, user)
    for (const [id, chat] of dump.chats) this.chats.set(id, chat)
    this.#sharedMessageIds = dump.sharedMessageIds
    ;[this.#nextUserId, this.#nextGroupId, this.#nextSupergroupId] = dump.nextIds
  }

  createUser(user: NewUser): UserRecord {
    const created: EmulatedUser = compact({
      id: this.#nextUserId++,
      isBot: false,
      firstName: user.firstName,
      lastName: user.lastName,
      username: user.username,
      languageCode: user.languageCode,
    })
    const record: UserRecord = { user: created, telegram: toTelegramUser(created), blockedBot: false }
    this.users.set(created.id, record)
    this.events.emit(() => ({ type: 'user-created', user: created }))
    this.#addChat({ id: created.id, type: 'private', partner: record, memberIds: [created.id] })
    return record
  }

  createChat(chat: NewChat): ChatRecord {
    const id = chat.type === 'group' ? this.#nextGroupId-- : this.#nextSupergroupId--
    return this.#addChat({ ...chat, id, partner: undefined })
  }

  #addChat(chat: {
    id: number
    type: ChatRecord['type']
    title?: string
    partner: UserRecord | undefined
    memberIds: readonly number[]
  }): ChatRecord {
    const ownIds = chat.type === 'supergroup' || chat.type === 'channel'
    const [owner] = chat.memberIds
    const record: ChatRecord = {
      id: chat.id,
      type: chat.type,
      title: chat.title,
      description: undefined,
      partner: chat.partner,
      members: new Set([...chat.memberIds, this.bot.id]),
      // bots can only join channels as administrators
      administrators: new Set(chat.type === 'channel' ? [this.bot.id] : []),
      ownerId: owner,
      messages: new Map(),
      messageIds: ownIds ? { last: 0 } : this.#sharedMessageIds,
      drafts: new Map(),
      pinned: [],
      migratedTo: undefined,
      botLeft: false,
    }
    this.chats.set(record.id, record)
    this.events.emit(() => ({ type: 'chat-created', chat: toEmulatedChat(record) }))
    return record
  }

  user(userId: number): UserRecord {
    const user = this.users.get(userId)
    if (!user) throw new DriverError(404, 'user-not-found', `There is no user ${userId}; create one first.`)
    return user
  }

  chat(chatId: number): ChatRecord {
    const chat = this.chats.get(chatId)
    if (!chat) throw new DriverError(404, 'chat-not-found', `There is no chat ${chatId}; create one first.`)
    return chat
  }

  message(chatId: number, messageId: number): MessageRecord {
    const message = this.chat(chatId).messages.get(messageId)
    if (!message) {
      throw new DriverError(404, 'message-not-found', `There is no message ${messageId} in chat ${chatId}.`)
    }
    return message
  }

  /**
   * Numbers, stores and announces a message. A final message of the bot removes the chat's drafts.
   */
  addMessage(
    chat: ChatRecord,
    build: (messageId: number) => TelegramMessage,
    sender: { id: number; isBot: boolean },
    keyboard?: readonly (readonly string[])[],
  ): MessageRecord {
    chat.messageIds.last += 1
    const message = build(chat.messageIds.last)
    const record: MessageRecord = {
      message,
      senderId: sender.id,
      fromBot: sender.isBot,
      reactions: new Map(),
      keyboard,
    }
    if (sender.isBot) chat.drafts.clear()
    chat.messages.set(message.message_id, record)
    if (chat.messages.size > this.#maxMessagesPerChat) {
      for (const oldest of chat.messages.keys()) {
        chat.messages.delete(oldest)
        break
      }
    }
    this.events.emit(() => ({ type: 'message-added', message: toTranscriptMessage(record, this.files) }))
    return record
  }

  announceEdit(record: MessageRecord): void {
    this.events.emit(() => ({ type: 'message-edited', message: toTranscriptMessage(record, this.files) }))
  }

  deleteMessage(chat: ChatRecord, messageId: number): boolean {
    if (!chat.messages.delete(messageId)) return false
    const pinned = chat.pinned.indexOf(messageId)
    if (pinned >= 0) chat.pinned.splice(pinned, 1)
    this.events.emit(() => ({ type: 'message-deleted', chatId: chat.id, messageId }))
    return true
  }

  /**
   * Stores a draft for 30 s. Old drafts are dropped when the next one arrives, so no timer is
   * needed.
   */
  setDraft(chat: ChatRecord, draft: TranscriptDraft): void {
    const now = Date.now()
    for (const [id, old] of chat.drafts) if (old.expiresAt <= now) chat.drafts.delete(id)
    chat.drafts.set(draft.draftId, { draft, expiresAt: now + DRAFT_LIFETIME_MS })
    this.events.emit(() => ({ type: 'draft-updated', draft }))
  }
}

/** A copy of a message that can be nested in another one. */
export function unnested(message: TelegramMessage): TelegramMessage {
  const entries = Object.entries(message).filter(([key]) => !UNNESTED.has(key))
  return Object.fromEntries(entries) as unknown as TelegramMessage
}
