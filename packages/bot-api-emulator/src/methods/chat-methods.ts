import type { TelegramChatMember, TelegramChatMemberOwner } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import { compact } from '../compact.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodHandlers } from '../method-registry.ts'
import type { ChatRecord } from '../world/chat-record.ts'
import { toTelegramChat } from '../world/chat-record.ts'
import { findChat, findMessage, writableChat } from './resolve-chat.ts'

const ALL_RIGHTS = {
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_change_info: true,
  can_invite_users: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_pin_messages: true,
  can_post_messages: true,
  can_edit_messages: true,
  can_send_welcome_messages: true,
}

/** Chats, their members and pinned messages. */
export const chatMethods: MethodHandlers = {
  getChat(params, { emulation }) {
    const chat = findChat(emulation, params.chat_id)
    const pinned = chat.messages.get(chat.pinned.at(-1) ?? 0)?.message
    return compact({
      ...toTelegramChat(chat),
      accent_color_id: Math.abs(chat.id) % 7,
      max_reaction_count: 11,
      accepted_gift_types: {
        unlimited_gifts: false,
        limited_gifts: false,
        unique_gifts: false,
        premium_subscription: false,
        gifts_from_channels: false,
      },
      active_usernames: chat.partner?.user.username === undefined ? undefined : [chat.partner.user.username],
      description: chat.description,
      pinned_message: pinned,
    })
  },

  getChatMember(params, { emulation }) {
    const chat = findChat(emulation, params.chat_id)
    if (params.user_id !== emulation.bot.id && !emulation.world.users.has(params.user_id)) {
      throw badRequest('user not found')
    }
    return memberOf(emulation, chat, params.user_id)
  },

  getChatMemberCount: (params, { emulation }) => findChat(emulation, params.chat_id).members.size,

  getChatAdministrators(params, { emulation }) {
    const chat = findChat(emulation, params.chat_id)
    if (chat.type === 'private') throw badRequest('there are no administrators in the private chat')
    const ids = new Set([...(chat.ownerId === undefined ? [] : [chat.ownerId]), ...chat.administrators])
    return Array.from(ids, (id) => memberOf(emulation, chat, id))
  },

  setChatTitle(params, { emulation }) {
    const chat = manageableChat(emulation, params.chat_id, 'change chat title')
    const title = params.title.trim()
    if (title === '' || title.length > 128) throw badRequest('title must be non-empty')
    chat.title = title
    return true
  },

  setChatDescription(params, { emulation }) {
    const chat = manageableChat(emulation, params.chat_id, 'set chat description')
    const description = params.description ?? ''
    if (description === (chat.description ?? '')) throw badRequest('chat description is not modified')
    chat.description = description === '' ? undefined : description
    return true
  },

  pinChatMessage(params, { emulation }) {
    const chat = pinnableChat(emulation, params.chat_id)
    findMessage(chat, params.message_id, 'message to pin')
    unpin(chat, params.message_id)
    chat.pinned.push(params.message_id)
    return true
  },

  unpinChatMessage(params, { emulation }) {
    const chat = pinnableChat(emulation, params.chat_id)
    const id = params.message_id ?? chat.pinned.at(-1)
    if (id === undefined || !unpin(chat, id)) throw badRequest('message to unpin not found')
    return true
  },

  unpinAllChatMessages(params, { emulation }) {
    pinnableChat(emulation, params.chat_id).pinned.length = 0
    return true
  },

  leaveChat(params, { emulation }) {
    const chat = writableChat(emulation, params.chat_id)
    if (chat.type === 'private') throw badRequest("private chat can't be left")
    chat.botLeft = true
    chat.members.delete(emulation.bot.id)
    chat.administrators.delete(emulation.bot.id)
    return true
  },

  banChatMember(params, { emulation }) {
    const chat = manageableChat(emulation, params.chat_id, 'restrict/unrestrict chat member')
    if (params.user_id === chat.ownerId) throw badRequest("can't remove chat owner")
    chat.members.delete(params.user_id)
    return true
  },
}

/** Whether the bot has administrator rights in a chat. */
export function isBotAdministrator(emulation: Emulation, chat: ChatRecord): boolean {
  return chat.administrators.has(emulation.bot.id)
}

function manageableChat(emulation: Emulation, chatId: number | string, act: string): ChatRecord {
  const chat = writableChat(emulation, chatId)
  if (chat.type === 'private') throw badRequest("can't manage a private chat")
  if (!isBotAdministrator(emulation, chat)) throw badRequest(`not enough rights to ${act}`)
  return chat
}

function pinnableChat(emulation: Emulation, chatId: number | string): ChatRecord {
  const chat = writableChat(emulation, chatId)
  if (chat.type !== 'private' && !isBotAdministrator(emulation, chat)) {
    throw badRequest('not enough rights to manage pinned messages in the chat')
  }
  return chat
}

function unpin(chat: ChatRecord, messageId: number): boolean {
  const index = chat.pinned.indexOf(messageId)
  if (index >= 0) chat.pinned.splice(index, 1)
  return index >= 0
}

function memberOf(emulation: Emulation, chat: ChatRecord, userId: number): TelegramChatMember {
  const user = userId === emulation.bot.id ? emulation.profile.user : emulation.world.user(userId).telegram
  if (!chat.members.has(userId)) return { status: 'left', user }
  if (userId === chat.ownerId && chat.type !== 'private') {
    return { status: 'creator', user, is_anonymous: false } satisfies TelegramChatMemberOwner
  }
  if (chat.administrators.has(userId)) {
    return { status: 'administrator', user, can_be_edited: false, ...ALL_RIGHTS }
  }
  return { status: 'member', user }
}
