import type { TelegramChat, TelegramMessage, TelegramReactionType, TelegramUser } from '@gramio/types'
import type { EmulatedChat, EmulatedChatType, EmulatedUser, TranscriptDraft } from '../drive-types.ts'
import { compact } from '../compact.ts'

export interface UserRecord {
  readonly user: EmulatedUser
  readonly telegram: TelegramUser
  blockedBot: boolean
}

export interface MessageRecord {
  readonly message: TelegramMessage
  readonly senderId: number
  readonly fromBot: boolean
  readonly reactions: Map<number, TelegramReactionType[]>
  /** The reply keyboard sent with it, which is not part of the message in Telegram. */
  readonly keyboard: readonly (readonly string[])[] | undefined
}

interface DraftRecord {
  readonly draft: TranscriptDraft
  readonly expiresAt: number
}

/**
 * A counter of message ids. Private chats and basic groups share one; supergroups and channels have
 * their own.
 */
export interface MessageIds {
  last: number
}

export interface ChatRecord {
  readonly id: number
  readonly type: EmulatedChatType
  title: string | undefined
  description: string | undefined
  /** The user of a private chat. */
  readonly partner: UserRecord | undefined
  readonly members: Set<number>
  /** The creator, who is the first member. */
  readonly ownerId: number | undefined
  readonly administrators: Set<number>
  readonly messages: Map<number, MessageRecord>
  readonly messageIds: MessageIds
  readonly drafts: Map<number, DraftRecord>
  readonly pinned: number[]
  /** Set once a group has become a supergroup. */
  migratedTo: number | undefined
  botLeft: boolean
}

export function toEmulatedChat(chat: ChatRecord): EmulatedChat {
  return compact({ id: chat.id, type: chat.type, title: chat.title, memberIds: [...chat.members] })
}

export function toTelegramUser(user: EmulatedUser): TelegramUser {
  return compact({
    id: user.id,
    is_bot: user.isBot,
    first_name: user.firstName,
    last_name: user.lastName,
    username: user.username,
    language_code: user.languageCode,
  })
}

export function toTelegramChat(chat: ChatRecord): TelegramChat {
  const user = chat.partner?.user
  return compact({
    id: chat.id,
    type: chat.type,
    title: chat.title,
    username: user?.username,
    first_name: user?.firstName,
    last_name: user?.lastName,
  })
}
