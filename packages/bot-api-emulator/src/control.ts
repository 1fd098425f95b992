import type { TelegramUpdate } from '@gramio/types'
import { DriverError } from './driver-error.ts'
import type { Emulation } from './emulation.ts'
import { botIdOfToken } from './options.ts'
import type { ChatRecord } from './world/chat-record.ts'
import { toTelegramChat } from './world/chat-record.ts'
import type { MediaFile } from './world/media-content.ts'

/** Things that happen to a bot other than people's actions in chats. */
export interface EmulatorControl {
  /** Advances the next update id by `by`, as Telegram does after an idle week. */
  jumpUpdateIds(by: number): void
  /** Delivers a recent update again, with the same id. */
  redeliver(updateId: number): void
  /** Makes the user block the bot: sending to them returns 403 until `unblockBot`. */
  blockBot(userId: number): void
  unblockBot(userId: number): void
  /** Revokes the bot's token and gives it another one, as @BotFather does. */
  replaceToken(token: string): void
  /** Makes the bot an administrator of a group, with all rights. */
  promoteBot(chatId: number): void
  /** Turns a group into a supergroup and returns the new chat's id. */
  migrateGroup(chatId: number): number
  /** Keeps a file for the contents of later messages, and returns its id. */
  storeFile(file: MediaFile): string
  /** Queues any update unchanged, such as one of an unknown kind, and returns its id. */
  sendRawUpdate(update: Readonly<Record<string, unknown>>): number | undefined
}

export function createControl(emulation: Emulation): EmulatorControl {
  const { updates, world } = emulation

  return {
    jumpUpdateIds(by) {
      if (!Number.isSafeInteger(by))
        throw new DriverError(400, 'jump-invalid', 'The jump must be a whole number.')
      updates.jump(by)
    },

    redeliver(updateId) {
      if (!updates.redeliver(updateId)) {
        throw new DriverError(404, 'update-not-found', `Update ${updateId} is unknown or too old.`)
      }
    },

    blockBot: (userId) => setBlocked(emulation, userId, true),
    unblockBot: (userId) => setBlocked(emulation, userId, false),

    replaceToken(token) {
      if (botIdOfToken(token) !== emulation.bot.id) {
        throw new DriverError(400, 'token-invalid', `A token of this bot begins with ${emulation.bot.id}.`)
      }
      emulation.token = token
    },

    promoteBot(chatId) {
      const chat = world.chat(chatId)
      if (chat.type === 'private') {
        throw new DriverError(409, 'not-a-group', `Chat ${chatId} is private and has no administrators.`)
      }
      chat.administrators.add(world.bot.id)
    },

    migrateGroup: (chatId) => migrateGroup(emulation, chatId),

    storeFile: (file) => world.files.createId(world.files.add({ ...file, folder: 'documents', details: {} })),

    sendRawUpdate(update) {
      const { update_id: _ignored, ...content } = update
      return updates.push('raw', content)
    },
  }
}

function setBlocked(emulation: Emulation, userId: number, blocked: boolean): void {
  const { world } = emulation
  const record = world.user(userId)
  if (record.blockedBot === blocked) return
  record.blockedBot = blocked
  const user = emulation.profile.user
  const out = { status: 'kicked', user, until_date: 0 } as const
  const member = { status: 'member', user } as const
  pushTo(emulation, world.chat(userId), {
    my_chat_member: {
      chat: toTelegramChat(world.chat(userId)),
      from: record.telegram,
      date: Math.floor(Date.now() / 1000),
      old_chat_member: blocked ? member : out,
      new_chat_member: blocked ? out : member,
    },
  })
}

/** Turns a group into a supergroup, and tells the bot in both chats. */
function migrateGroup(emulation: Emulation, chatId: number): number {
  const { world } = emulation
  const group = world.chat(chatId)
  if (group.type !== 'group' || group.migratedTo !== undefined) {
    throw new DriverError(409, 'not-a-group', `Chat ${chatId} is not a basic group that can be upgraded.`)
  }
  const memberIds = [...group.members].filter((id) => id !== world.bot.id)
  const next = world.createChat({ type: 'supergroup', title: group.title ?? '', memberIds })
  group.migratedTo = next.id
  const [owner = world.bot.id] = memberIds
  const sender = world.users.get(owner)
  const from = sender?.telegram ?? emulation.profile.user
  for (const [chat, note] of [
    [group, { migrate_to_chat_id: next.id }],
    [next, { migrate_from_chat_id: group.id }],
  ] as const) {
    const { message } = world.addMessage(
      chat,
      (messageId) => ({
        message_id: messageId,
        from,
        chat: toTelegramChat(chat),
        date: Math.floor(Date.now() / 1000),
        ...note,
      }),
      sender?.user ?? world.bot,
    )
    pushTo(emulation, chat, { message: { ...message } })
  }
  return next.id
}

function pushTo({ updates }: Emulation, chat: ChatRecord, content: Omit<TelegramUpdate, 'update_id'>): void {
  updates.push(String(chat.id), { ...content })
}
