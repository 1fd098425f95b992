import { z } from '@pluggram/sdk'
import { isCommonUpdate } from './common-update.ts'

/**
 * The parts of Bot API updates that become `IncomingUpdate`s. Whatever can be left out is left out
 * when it is malformed (`lenient`), so that one odd attachment does not cost a message its text.
 */
const lenient = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodCatch<T>> =>
  // most of them are absent, and what is optional first of all is passed over at half the cost
  schema.catch(undefined as never).optional()

/** Lone surrogates cannot be stored or sent as UTF-8; their replacement has the same length. */
const text = z.string().transform((value) => value.toWellFormed())

const rawUser = z.object({
  id: z.int(),
  is_bot: z.boolean().catch(false),
  first_name: text.catch(''),
  last_name: lenient(text),
  username: lenient(text),
  language_code: lenient(text),
})

const rawChat = z.object({
  id: z.int(),
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  title: lenient(text),
  username: lenient(text),
})

export const rawEntity = z.object({
  type: z.string(),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  url: lenient(z.string()),
  language: lenient(z.string()),
  user: lenient(z.object({ id: z.int() })),
})

const file = {
  file_id: z.string().min(1),
  file_size: lenient(z.int().nonnegative()),
  file_name: lenient(text),
  mime_type: lenient(z.string()),
}
const size = z.int().nonnegative().catch(0)
const duration = z.number().nonnegative().catch(0)

const rawPhoto = z.object({ ...file, width: size, height: size })
const rawVideo = z.object({ ...file, width: size, height: size, duration })
const rawVideoNote = z.object({ ...file, length: size, duration })

const rawQuotedMessage = z.object({
  message_id: z.int(),
  from: lenient(rawUser),
  text: lenient(text),
  caption: lenient(text),
  forum_topic_created: z.unknown().optional(),
})

const rawMessage = z.object({
  message_id: z.int(),
  message_thread_id: lenient(z.int()),
  is_topic_message: lenient(z.boolean()),
  from: lenient(rawUser),
  sender_chat: lenient(rawChat),
  date: z.int().nonnegative().catch(0),
  chat: rawChat,
  text: lenient(text),
  caption: lenient(text),
  entities: lenient(z.array(z.unknown())),
  caption_entities: lenient(z.array(z.unknown())),
  reply_to_message: lenient(rawQuotedMessage),
  photo: lenient(z.array(rawPhoto)),
  document: lenient(z.object(file)),
  voice: lenient(z.object({ ...file, duration })),
  audio: lenient(z.object({ ...file, duration, title: lenient(text) })),
  video: lenient(rawVideo),
  video_note: lenient(rawVideoNote),
  sticker: lenient(z.object({ ...file, emoji: lenient(text) })),
  location: lenient(z.object({ latitude: z.number(), longitude: z.number() })),
  contact: lenient(z.object({ phone_number: text, first_name: text.catch(''), last_name: lenient(text) })),
})

const rawCallbackQuery = z.object({
  id: z.string().min(1),
  from: rawUser,
  // Absent for inline messages; an inaccessible message has only chat, message_id and date 0.
  message: lenient(rawMessage),
  data: lenient(z.string()),
})

const rawUpdate = z.object({
  update_id: z.int().nonnegative(),
  message: lenient(rawMessage),
  edited_message: lenient(rawMessage),
  channel_post: lenient(rawMessage),
  callback_query: lenient(rawCallbackQuery),
})

/** Checks one update; `undefined` when it is none. */
export function parseUpdate(raw: unknown): RawUpdate | undefined {
  return isCommonUpdate(raw) ? raw : rawUpdate.safeParse(raw).data
}

type RawUpdate = z.infer<typeof rawUpdate>
export type RawUser = z.infer<typeof rawUser>
export type RawEntity = z.infer<typeof rawEntity>
export type RawMessage = z.infer<typeof rawMessage>
export type RawCallbackQuery = z.infer<typeof rawCallbackQuery>

/**
 * Which updates Telegram is asked for. Channel posts belong to them because a command in a channel
 * where the bot is an admin should work; edits of channel posts and everything else nobody would answer.
 */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'channel_post', 'callback_query'] as const
