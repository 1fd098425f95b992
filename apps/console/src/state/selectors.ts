import type { EmulatedChat, EmulatedUser, TranscriptButton, TranscriptMessage } from '../api/driver-types.ts'
import { EMPTY_COMPOSE } from './playground-state.ts'
import type { Compose, PlaygroundState } from './playground-state.ts'

export function findChat(state: PlaygroundState, chatId: number | undefined): EmulatedChat | undefined {
  return state.chats.find((chat) => chat.id === chatId)
}

/** A user of the emulated Telegram, including the bot. */
export function findUser(state: PlaygroundState, userId: number): EmulatedUser | undefined {
  return userId === state.bot?.id ? state.bot : state.users.find((user) => user.id === userId)
}

export function fullName(user: EmulatedUser | undefined): string {
  if (user === undefined) return 'Unknown'
  return user.lastName === undefined ? user.firstName : `${user.firstName} ${user.lastName}`
}

/** The people in a chat that the page can write as. */
export function chatPeople(state: PlaygroundState, chat: EmulatedChat): readonly EmulatedUser[] {
  if (chat.type === 'private') return state.users.filter((user) => user.id === chat.id)
  return state.users.filter((user) => !user.isBot && chat.memberIds.includes(user.id))
}

/** The user to write as in a chat: the chosen member, else the first. */
export function actorId(state: PlaygroundState, chat: EmulatedChat): number | undefined {
  const people = chatPeople(state, chat)
  const chosen = people.find((user) => user.id === state.actingAs[chat.id])
  return (chosen ?? people[0])?.id
}

/** A private chat is titled with the assistant's name, as the person in it sees it. */
export function chatTitle(state: PlaygroundState, chat: EmulatedChat): string {
  return chat.type === 'private' ? fullName(state.bot) : (chat.title ?? 'Group')
}

export function composeOf(state: PlaygroundState, chatId: number): Compose {
  return state.composing[chatId] ?? EMPTY_COMPOSE
}

export function lastMessage(state: PlaygroundState, chatId: number): TranscriptMessage | undefined {
  return state.transcripts[chatId]?.at(-1)
}

/** Own texts can be edited; captions and other people's messages cannot. */
export function isEditable(message: TranscriptMessage, userId: number | undefined): boolean {
  return message.senderId === userId && message.text !== '' && message.attachments.length === 0
}

/** Chats by latest message; chats without messages come last, newest first. */
export function sortedChats(state: PlaygroundState): readonly EmulatedChat[] {
  const order = new Map(state.chats.map((chat, index) => [chat.id, index]))
  const dateOf = (chat: EmulatedChat): number => lastMessage(state, chat.id)?.date ?? 0
  return state.chats.toSorted(
    (left, right) => dateOf(right) - dateOf(left) || (order.get(right.id) ?? 0) - (order.get(left.id) ?? 0),
  )
}

/** The latest reply keyboard, whose buttons send their text. */
export function replyKeyboard(messages: readonly TranscriptMessage[]): ReplyKeyboard | undefined {
  const message = messages.findLast((candidate) => candidate.fromBot && candidate.buttons.some(isTextRow))
  return message === undefined
    ? undefined
    : { messageId: message.id, rows: message.buttons.filter(isTextRow) }
}

export interface ReplyKeyboard {
  readonly messageId: number
  readonly rows: readonly (readonly TranscriptButton[])[]
}

function isTextRow(row: readonly TranscriptButton[]): boolean {
  return row.length > 0 && row.every((button) => button.kind === 'text')
}

const ACTION_LABELS: Readonly<Record<string, string>> = {
  typing: 'typing',
  upload_photo: 'sending a photo',
  record_video: 'recording a video',
  upload_video: 'sending a video',
  record_voice: 'recording a voice message',
  upload_voice: 'sending a voice message',
  upload_document: 'sending a file',
  choose_sticker: 'choosing a sticker',
  find_location: 'choosing a place',
  record_video_note: 'recording a video message',
  upload_video_note: 'sending a video message',
}

/** Describes what the assistant is doing in a chat; `undefined` if unknown. */
export function actionLabel(state: PlaygroundState, chatId: number): string | undefined {
  const action = state.actions[chatId]?.action
  if (action !== undefined) return ACTION_LABELS[action] ?? 'working'
  return state.drafts[chatId] === undefined ? undefined : 'typing'
}

const ATTACHMENT_LABELS: Readonly<Record<TranscriptMessage['attachments'][number]['kind'], string>> = {
  photo: 'Photo',
  document: 'File',
  voice: 'Voice message',
  audio: 'Audio',
  video: 'Video',
  animation: 'GIF',
  video_note: 'Video message',
  sticker: 'Sticker',
  location: 'Location',
  contact: 'Contact',
  poll: 'Poll',
}

/** A one-line summary of a message. */
export function messageSummary(message: TranscriptMessage): string {
  const text = hideSpoilers(message).replaceAll(/\s+/gu, ' ').trim()
  const attachment = message.attachments[0]
  if (attachment === undefined) return text === '' ? 'Message' : text
  const named = attachment.kind === 'document' ? attachment.fileName : attachment.label
  const label = named ?? ATTACHMENT_LABELS[attachment.kind]
  return text === '' ? label : `${label}, ${text}`
}

/** The beginning of a message's summary, for where only a few words fit. */
export function messagePreview(message: TranscriptMessage): string {
  const end = message.text.search(/(?<=\S.*)\n/u)
  return messageSummary(end === -1 ? message : { ...message, text: message.text.slice(0, end) })
}

/** Hides spoilers in the chat list, in quotes and in announcements to screen readers. */
function hideSpoilers(message: TranscriptMessage): string {
  const spoilers = message.entities.filter((entity) => entity.type === 'spoiler')
  if (spoilers.length === 0) return message.text
  const units = message.text.split('')
  for (const spoiler of spoilers) {
    const end = Math.min(units.length, spoiler.offset + spoiler.length)
    for (let index = Math.max(0, spoiler.offset); index < end; index += 1) units[index] = '▒'
  }
  return units.join('')
}

/** The person who acts in the chat with this id. */
export function actorIn(state: PlaygroundState, chatId: number): number | undefined {
  const chat = findChat(state, chatId)
  return chat === undefined ? undefined : actorId(state, chat)
}
