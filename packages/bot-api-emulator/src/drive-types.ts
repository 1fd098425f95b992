/**
 * The types of the chat driver: what a person does in a chat, and what they see.
 *
 * They are shared by the library (`emulator.driver`), the HTTP routes (`registerChatDriver`) and
 * the playground page. Types defined by Telegram (entities, keyboards) keep their snake_case; our
 * own are camelCase.
 *
 * The HTTP interface of `ChatDriver`, mounted by `registerChatDriver(fastify, emulator)` under any
 * prefix. Errors are `{ error: { code, message } }` with status 400, 404 or 409.
 *
 * | route | body | answer |
 * |---|---|---|
 * | `GET /state` | | `DriverState` |
 * | `POST /users` | `NewUser` | `EmulatedUser` |
 * | `POST /chats` | `NewChat` | `EmulatedChat` |
 * | `GET /chats/:chatId/messages` | | `{ messages: TranscriptMessage[] }` |
 * | `POST /chats/:chatId/messages` | `OutgoingText` | `TranscriptMessage` |
 * | `POST /chats/:chatId/content` | `OutgoingContent` | `TranscriptMessage` |
 * | `PATCH /chats/:chatId/messages/:messageId` | `{ userId, text }` | `TranscriptMessage` |
 * | `POST /chats/:chatId/messages/:messageId/press` | `{ userId, row, column }` | `{ queryId }` |
 * | `POST /chats/:chatId/messages/:messageId/reaction` | `{ userId, emoji }` | `204` |
 * | `GET /chats/:chatId/drafts` | | `{ drafts: TranscriptDraft[] }` |
 * | `POST /chats/:chatId/drafts/:draftId/stop` | | `204` |
 * | `POST /chats/:chatId/files` | multipart: fields `userId`, `kind`, `caption?`, `albumId?`, `replyToMessageId?`, then `file` | `TranscriptMessage` |
 * | `POST /chats/:chatId/location` | `{ userId, latitude, longitude }` | `TranscriptMessage` |
 * | `GET /files/:fileId` | | the bytes (`content-disposition: attachment` unless an image, audio or video; `nosniff`) |
 * | `GET /events` | | server-sent events: `id: <sequence>`, `data: <DriverEvent as JSON>`; a comment line every 15 s |
 */
import type { TelegramMessage, TelegramMessageEntity } from '@gramio/types'

/** A person (or the bot) in the emulated Telegram. */
export interface EmulatedUser {
  readonly id: number
  readonly isBot: boolean
  readonly firstName: string
  readonly lastName?: string
  readonly username?: string
  /** IETF language tag, as Telegram reports it. */
  readonly languageCode?: string
}

export type EmulatedChatType = 'private' | 'group' | 'supergroup' | 'channel'

export interface EmulatedChat {
  /** Private chats have their user's id, groups a negative id, supergroups and channels `-100…`. */
  readonly id: number
  readonly type: EmulatedChatType
  /** Groups and channels have a title; a private chat is named after its user. */
  readonly title?: string
  readonly memberIds: readonly number[]
}

export type AttachmentKind =
  | 'photo'
  | 'document'
  | 'voice'
  | 'audio'
  | 'video'
  | 'animation'
  | 'video_note'
  | 'sticker'
  | 'location'
  | 'contact'
  | 'poll'

/** Content of a message other than text. Read the bytes by `fileId`. */
export interface TranscriptAttachment {
  readonly kind: AttachmentKind
  readonly fileId?: string
  readonly fileName?: string
  readonly mimeType?: string
  /** In bytes. */
  readonly size?: number
  readonly width?: number
  readonly height?: number
  /** In seconds. */
  readonly duration?: number
  readonly latitude?: number
  readonly longitude?: number
  /** A readable description of a contact, poll or sticker. */
  readonly label?: string
}

export interface TranscriptButton {
  readonly text: string
  /** `callback` buttons are pressed, `url` buttons opened, and `text` buttons send their text. */
  readonly kind: 'callback' | 'url' | 'text' | 'other'
  readonly data?: string
  readonly url?: string
}

/** One message as a person sees it. */
export interface TranscriptMessage {
  readonly id: number
  readonly chatId: number
  readonly senderId: number
  readonly fromBot: boolean
  /** Unix seconds. */
  readonly date: number
  readonly editDate?: number
  /** The text, or the caption of attachments; '' if there is neither. */
  readonly text: string
  readonly entities: readonly TelegramMessageEntity[]
  readonly attachments: readonly TranscriptAttachment[]
  /** The inline keyboard under the message, row by row. */
  readonly buttons: readonly (readonly TranscriptButton[])[]
  readonly replyToMessageId?: number
  readonly reactions: readonly { readonly emoji: string; readonly userId: number }[]
}

/** A streamed preview (`sendMessageDraft`), shown until the final message arrives or for 30 s. */
export interface TranscriptDraft {
  readonly chatId: number
  readonly draftId: number
  /** The person sees a button that stops it. */
  readonly canStop: boolean
  readonly text: string
  readonly entities: readonly TelegramMessageEntity[]
}

export interface BotCommandEntry {
  readonly command: string
  readonly description: string
}

/** Everything a client needs to render its first screen. */
export interface DriverState {
  readonly bot: EmulatedUser
  readonly users: readonly EmulatedUser[]
  readonly chats: readonly EmulatedChat[]
  readonly commands: readonly BotCommandEntry[]
}

/** An event; `sequence` increases by one with every event. */
export type DriverEvent = { readonly sequence: number } & (
  | { readonly type: 'message-added'; readonly message: TranscriptMessage }
  | { readonly type: 'message-edited'; readonly message: TranscriptMessage }
  | { readonly type: 'message-deleted'; readonly chatId: number; readonly messageId: number }
  | { readonly type: 'draft-updated'; readonly draft: TranscriptDraft }
  | { readonly type: 'chat-action'; readonly chatId: number; readonly action: string }
  | {
      readonly type: 'callback-answered'
      readonly chatId: number
      readonly queryId: string
      readonly text?: string
      readonly showAlert: boolean
      readonly url?: string
    }
  | { readonly type: 'user-created'; readonly user: EmulatedUser }
  | { readonly type: 'chat-created'; readonly chat: EmulatedChat }
  | { readonly type: 'commands-changed'; readonly commands: readonly BotCommandEntry[] }
)

export interface NewUser {
  readonly firstName: string
  readonly lastName?: string
  readonly username?: string
  readonly languageCode?: string
}

export interface NewChat {
  readonly type: Exclude<EmulatedChatType, 'private'>
  readonly title: string
  readonly memberIds: readonly number[]
}

export interface OutgoingText {
  readonly userId: number
  readonly text: string
  readonly replyToMessageId?: number
}

/** A message with any fields of the Bot API's Message, such as a poll, a quote or a forward's origin. */
export interface OutgoingContent {
  readonly userId: number
  readonly content: Partial<TelegramMessage>
  readonly replyToMessageId?: number
}

export interface OutgoingFile {
  readonly userId: number
  readonly kind: 'photo' | 'document' | 'voice' | 'audio' | 'video'
  readonly bytes: Uint8Array
  readonly fileName: string
  readonly mimeType: string
  readonly caption?: string
  readonly replyToMessageId?: number
  /** Files sent with the same id are one album (Bot API: media_group_id). */
  readonly albumId?: string
}

/**
 * A person's side of the emulated Telegram. Unknown ids and impossible actions throw `DriverError`.
 */
export interface ChatDriver {
  state(): DriverState
  /** Creates a user and their private chat with the bot. */
  createUser(user: NewUser): EmulatedUser
  createChat(chat: NewChat): EmulatedChat
  sendMessage(chatId: number, message: OutgoingText): TranscriptMessage
  /** Sends what the other methods cannot express. Fields that Message does not have are refused. */
  sendContent(chatId: number, message: OutgoingContent): TranscriptMessage
  editMessage(chatId: number, messageId: number, edit: { userId: number; text: string }): TranscriptMessage
  sendFile(chatId: number, file: OutgoingFile): TranscriptMessage
  sendLocation(
    chatId: number,
    location: { userId: number; latitude: number; longitude: number },
  ): TranscriptMessage
  /** Presses the inline button at `row`, `column` (from 0) and returns the callback query's id. */
  pressButton(
    chatId: number,
    messageId: number,
    press: { userId: number; row: number; column: number },
  ): { queryId: string }
  react(chatId: number, messageId: number, reaction: { userId: number; emoji: string | null }): void
  /**
   * The streamed previews that a chat shows: at most 30 s old, and removed by the bot's next
   * message.
   */
  drafts(chatId: number): readonly TranscriptDraft[]
  /** Presses the button that stops a draft. */
  stopDraft(chatId: number, draftId: number): void
  /** The messages, oldest first. */
  transcript(chatId: number): readonly TranscriptMessage[]
  file(fileId: string): { bytes: Uint8Array; mimeType: string; fileName: string }
  /** Calls `listener` with every new event until the returned function is called. */
  subscribe(listener: (event: DriverEvent) => void): () => void
}
