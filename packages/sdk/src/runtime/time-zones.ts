import type { Chat } from '../message.ts'

/** The time zones that hold for people and chats. Read for every message, so it answers from memory. */
export interface TimeZones {
  /** The user's own zone, else the one of the chat, else the assistant's. */
  of(userId: number, chatId: number): string
  /** The chat, with the zone that was set for it; only groups have one. */
  withZone(chat: Chat): Chat
}
