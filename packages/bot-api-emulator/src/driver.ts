import { randomInt } from 'node:crypto'
import type {
  TelegramInlineKeyboardMarkup,
  TelegramMessage,
  TelegramMessageGenerationStopped,
  TelegramReactionType,
  TelegramUpdate,
} from '@gramio/types'
import type {
  ChatDriver,
  DriverEvent,
  DriverState,
  EmulatedChat,
  EmulatedUser,
  NewChat,
  NewUser,
  OutgoingContent,
  OutgoingFile,
  OutgoingText,
  TranscriptDraft,
  TranscriptMessage,
} from './drive-types.ts'
import { DriverError } from './driver-error.ts'
import type { Emulation } from './emulation.ts'
import { isMeantForBot } from './group-privacy.ts'
import { checkNewChat, checkNewUser, requireText } from './new-inhabitants.ts'
import { checkContent } from './message-content.ts'
import { formatText } from './text/format-text.ts'
import type { ChatRecord, MessageRecord, UserRecord } from './world/chat-record.ts'
import { toEmulatedChat, toTelegramChat } from './world/chat-record.ts'
import { storeMedia } from './world/media-content.ts'
import { toTranscriptMessage } from './world/transcript.ts'
import { unnested } from './world/world.ts'

/** A person's side of the emulator. Their actions become messages, and updates for the bot. */
export class EmulatorDriver implements ChatDriver {
  readonly #emulation: Emulation
  readonly #chatInstances = new Map<number, string>()

  constructor(emulation: Emulation) {
    this.#emulation = emulation
  }

  state(): DriverState {
    const { bot, profile, world } = this.#emulation
    return {
      bot,
      users: [...world.users.values()].map((record) => record.user),
      chats: [...world.chats.values()].map(toEmulatedChat),
      commands: profile.visibleCommands,
    }
  }

  createUser(user: NewUser): EmulatedUser {
    return this.#emulation.world.createUser(checkNewUser(user)).user
  }

  createChat(chat: NewChat): EmulatedChat {
    const { world } = this.#emulation
    const checked = checkNewChat(chat)
    const people = checked.memberIds.filter((id) => id !== world.bot.id)
    for (const id of people) world.user(id)
    const record = world.createChat({ ...checked, memberIds: people })
    const [owner] = people
    if (owner !== undefined) this.#announceBotAdded(record, world.user(owner))
    return toEmulatedChat(record)
  }

  sendMessage(chatId: number, message: OutgoingText): TranscriptMessage {
    const { chat, user } = this.#sender(chatId, message.userId)
    const { text, entities } = formatText({ text: requireText(message.text) })
    if (text === '') throw new DriverError(400, 'text-empty', 'A message needs some text.')
    if (text.length > 4096) {
      throw new DriverError(400, 'text-too-long', 'A message holds up to 4,096 UTF-16 units of text.')
    }
    return this.#post(chat, user, {
      text,
      ...(entities.length > 0 && { entities }),
      ...this.#replied(chatId, message.replyToMessageId),
    })
  }

  sendContent(chatId: number, { userId, content, replyToMessageId }: OutgoingContent): TranscriptMessage {
    const { chat, user } = this.#sender(chatId, userId)
    checkContent(this.#emulation.validator, content, { chat, user })
    return this.#post(chat, user, { ...content, ...this.#replied(chatId, replyToMessageId) })
  }

  editMessage(chatId: number, messageId: number, edit: { userId: number; text: string }): TranscriptMessage {
    const { chat, user } = this.#sender(chatId, edit.userId)
    const record = this.#emulation.world.message(chatId, messageId)
    if (record.senderId !== user.user.id) {
      throw new DriverError(409, 'not-the-sender', 'People can edit their own messages only.')
    }
    const { text, entities } = formatText({ text: requireText(edit.text) })
    const { message } = record
    if (message.text === undefined && message.caption === undefined) {
      throw new DriverError(409, 'no-text', `Message ${messageId} has no text to edit.`)
    }
    if (message.text !== undefined && text === '') {
      throw new DriverError(400, 'text-empty', 'A message needs some text.')
    }
    const [textField, entitiesField] =
      message.text === undefined
        ? (['caption', 'caption_entities'] as const)
        : (['text', 'entities'] as const)
    message[textField] = text
    if (entities.length > 0) message[entitiesField] = entities
    else delete message[entitiesField]
    message.edit_date = Math.floor(Date.now() / 1000)
    this.#emulation.world.announceEdit(record)
    const kind = chat.type === 'channel' ? 'edited_channel_post' : 'edited_message'
    this.#push(chat, { [kind]: { ...message } })
    return this.#transcript(record)
  }

  sendFile(chatId: number, file: OutgoingFile): TranscriptMessage {
    const { chat, user } = this.#sender(chatId, file.userId)
    if (file.bytes.byteLength === 0) {
      throw new DriverError(400, 'file-empty', `The file ${JSON.stringify(file.fileName)} has no bytes.`)
    }
    const caption = formatText({ text: file.caption ?? '' })
    if (caption.text.length > 1024) {
      throw new DriverError(400, 'caption-too-long', 'A caption holds up to 1,024 UTF-16 units.')
    }
    return this.#post(chat, user, {
      ...storeMedia(this.#emulation.world.files, file.kind, file),
      ...(caption.text !== '' && { caption: caption.text }),
      ...(caption.entities.length > 0 && { caption_entities: caption.entities }),
      ...(file.albumId !== undefined && { media_group_id: file.albumId }),
      ...this.#replied(chatId, file.replyToMessageId),
    })
  }

  sendLocation(
    chatId: number,
    { userId, latitude, longitude }: { userId: number; latitude: number; longitude: number },
  ): TranscriptMessage {
    const { chat, user } = this.#sender(chatId, userId)
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
      throw new DriverError(400, 'no-such-place', 'Latitude is within ±90 and longitude within ±180 degrees.')
    }
    return this.#post(chat, user, { location: { latitude, longitude } })
  }

  pressButton(
    chatId: number,
    messageId: number,
    press: { userId: number; row: number; column: number },
  ): { queryId: string } {
    const { chat, user } = this.#sender(chatId, press.userId)
    const { message } = this.#emulation.world.message(chatId, messageId)
    const keyboard = message.reply_markup as TelegramInlineKeyboardMarkup | undefined
    const button = keyboard?.inline_keyboard[press.row]?.[press.column]
    if (!button) {
      throw new DriverError(
        404,
        'button-not-found',
        `Message ${messageId} has no button in row ${press.row}, column ${press.column} (counted from 0).`,
      )
    }
    const data = button.callback_data
    if (data === undefined) {
      throw new DriverError(
        409,
        'button-not-pressable',
        `The button "${button.text}" sends nothing to the bot.`,
      )
    }
    const query = this.#emulation.queries.create(chatId)
    this.#push(chat, {
      callback_query: {
        id: query.id,
        from: user.telegram,
        message: { ...message },
        chat_instance: this.#chatInstance(chatId),
        data,
      },
    })
    return { queryId: query.id }
  }

  react(chatId: number, messageId: number, reaction: { userId: number; emoji: string | null }): void {
    const { chat, user } = this.#sender(chatId, reaction.userId)
    const record = this.#emulation.world.message(chatId, messageId)
    const before = record.reactions.get(user.user.id) ?? []
    const after =
      reaction.emoji === null || reaction.emoji === ''
        ? []
        : // The playground may offer any emoji; Telegram's list is for the bot's own reactions.
          [{ type: 'emoji', emoji: reaction.emoji } as TelegramReactionType]
    if (after.length > 0) record.reactions.set(user.user.id, after)
    else record.reactions.delete(user.user.id)
    this.#emulation.world.announceEdit(record)
    this.#push(chat, {
      message_reaction: {
        chat: toTelegramChat(chat),
        message_id: messageId,
        user: user.telegram,
        date: Math.floor(Date.now() / 1000),
        old_reaction: before,
        new_reaction: after,
      },
    })
  }

  drafts(chatId: number): readonly TranscriptDraft[] {
    const now = Date.now()
    const all = [...this.#emulation.world.chat(chatId).drafts.values()]
    return all.filter(({ expiresAt }) => expiresAt > now).map(({ draft }) => draft)
  }

  stopDraft(chatId: number, draftId: number): void {
    const draft = this.drafts(chatId).find((shown) => shown.draftId === draftId)
    if (draft?.canStop !== true) {
      throw new DriverError(
        404,
        'draft-not-found',
        `Chat ${chatId} shows no draft ${draftId} that can be stopped.`,
      )
    }
    const { chat } = this.#sender(chatId, chatId)
    const stopped = { chat: toTelegramChat(chat), draft_id: draftId }
    this.#push(chat, { stopped_message_generation: stopped as TelegramMessageGenerationStopped })
  }

  transcript(chatId: number): readonly TranscriptMessage[] {
    const records = this.#emulation.world.chat(chatId).messages.values()
    return Array.from(records, (record) => this.#transcript(record))
  }

  file(fileId: string): { bytes: Uint8Array; mimeType: string; fileName: string } {
    const file = this.#emulation.world.files.byId(fileId)
    if (!file)
      throw new DriverError(404, 'file-not-found', 'There is no such file, or it was dropped to save memory.')
    return { bytes: file.bytes, mimeType: file.mimeType, fileName: file.fileName }
  }

  subscribe(listener: (event: DriverEvent) => void): () => void {
    return this.#emulation.world.events.subscribe(listener)
  }

  #transcript(record: MessageRecord): TranscriptMessage {
    return toTranscriptMessage(record, this.#emulation.world.files)
  }

  /** Finds chat and user; the user must be a member, and the chat must not be migrated. */
  #sender(chatId: number, userId: number): { chat: ChatRecord; user: UserRecord } {
    const { world } = this.#emulation
    const chat = world.chat(chatId)
    const user = world.user(userId)
    if (!chat.members.has(userId)) {
      throw new DriverError(409, 'not-a-member', `User ${userId} is not in chat ${chatId}.`)
    }
    if (chat.migratedTo !== undefined) {
      throw new DriverError(409, 'chat-migrated', `Chat ${chatId} became chat ${chat.migratedTo}.`)
    }
    if (chat.partner?.blockedBot) {
      throw new DriverError(409, 'bot-blocked', `User ${userId} blocked the bot; unblock it first.`)
    }
    return { chat, user }
  }

  #replied(chatId: number, messageId: number | undefined): Pick<TelegramMessage, 'reply_to_message'> {
    if (messageId === undefined) return {}
    return { reply_to_message: unnested(this.#emulation.world.message(chatId, messageId).message) }
  }

  #post(chat: ChatRecord, user: UserRecord, content: Partial<TelegramMessage>): TranscriptMessage {
    const isChannel = chat.type === 'channel'
    const telegramChat = toTelegramChat(chat)
    const record = this.#emulation.world.addMessage(
      chat,
      (messageId) => ({
        message_id: messageId,
        ...(isChannel ? { sender_chat: telegramChat } : { from: user.telegram }),
        chat: telegramChat,
        date: Math.floor(Date.now() / 1000),
        ...content,
      }),
      user.user,
    )
    if (isMeantForBot(chat, record.message, this.#emulation.profile)) {
      this.#push(chat, { [isChannel ? 'channel_post' : 'message']: { ...record.message } })
    }
    return this.#transcript(record)
  }

  #announceBotAdded(chat: ChatRecord, owner: UserRecord): void {
    const user = this.#emulation.profile.user
    this.#push(chat, {
      my_chat_member: {
        chat: toTelegramChat(chat),
        from: owner.telegram,
        date: Math.floor(Date.now() / 1000),
        old_chat_member: { status: 'left', user },
        new_chat_member: { status: 'member', user },
      },
    })
  }

  #push(chat: ChatRecord, content: Omit<TelegramUpdate, 'update_id'>): void {
    if (!chat.botLeft) this.#emulation.updates.push(String(chat.id), { ...content })
  }

  #chatInstance(chatId: number): string {
    let instance = this.#chatInstances.get(chatId)
    if (instance === undefined) {
      instance = `${randomInt(1e8, 1e9)}${randomInt(1e9, 1e10)}`
      this.#chatInstances.set(chatId, instance)
    }
    return instance
  }
}
