import { z } from '@pluggram/sdk'
import { readForeignWords } from './foreign-words.ts'
import type { ForeignWords } from './foreign-words.ts'

/**
 * The parts of Bot API updates that become `IncomingUpdate`s. Malformed optional members are
 * dropped (`lenient`), so that a message with an odd attachment keeps its text.
 */
const lenient = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodCatch<T>> =>
  // most are absent, and with `optional` as the outer check an absent member costs half as much
  schema.catch(undefined as never).optional()

/**
 * Lone surrogates cannot be encoded as UTF-8. Their replacement has the same length, so offsets
 * stay valid.
 */
const wellFormed = z.string().transform((value) => value.toWellFormed())

const rawUser = z.object({
  id: z.int(),
  is_bot: z.boolean().catch(false),
  first_name: wellFormed.catch(''),
  last_name: lenient(wellFormed),
  username: lenient(wellFormed),
  language_code: lenient(wellFormed),
})

const rawChat = z.object({
  id: z.int(),
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  title: lenient(wellFormed),
  username: lenient(wellFormed),
})

const file = {
  file_id: z.string().min(1),
  file_size: lenient(z.int().nonnegative()),
  file_name: lenient(wellFormed),
  mime_type: lenient(z.string()),
}
const size = z.int().nonnegative().catch(0)
const duration = z.number().nonnegative().catch(0)

const rawPhoto = z.object({ ...file, width: size, height: size })
const rawVideo = z.object({ ...file, width: size, height: size, duration })
const rawVideoNote = z.object({ ...file, length: size, duration })

/** What a message has besides text. */
const media = {
  photo: lenient(z.array(rawPhoto)),
  document: lenient(z.object(file)),
  voice: lenient(z.object({ ...file, duration })),
  audio: lenient(z.object({ ...file, duration, title: lenient(wellFormed) })),
  video: lenient(rawVideo),
  video_note: lenient(rawVideoNote),
  sticker: lenient(z.object({ ...file, emoji: lenient(wellFormed) })),
  location: lenient(z.object({ latitude: z.number(), longitude: z.number() })),
  contact: lenient(
    z.object({ phone_number: wellFormed, first_name: wellFormed.catch(''), last_name: lenient(wellFormed) }),
  ),
}

const rawQuotedMessage = z.preprocess(
  // the schema drops the fields that tell whose words these are, so they are read before
  (value) =>
    typeof value === 'object' && value !== null ? { ...value, foreign: readForeignWords(value) } : value,
  z.object({
    message_id: z.int(),
    from: lenient(rawUser),
    sender_chat: lenient(rawChat),
    text: lenient(wellFormed),
    caption: lenient(wellFormed),
    forum_topic_created: z.unknown().optional(),
    entities: lenient(z.array(z.unknown())),
    caption_entities: lenient(z.array(z.unknown())),
    foreign: z.custom<ForeignWords>(),
    ...media,
  }),
)

const rawMessage = z.object({
  message_id: z.int(),
  message_thread_id: lenient(z.int()),
  is_topic_message: lenient(z.boolean()),
  is_automatic_forward: lenient(z.boolean()),
  from: lenient(rawUser),
  sender_chat: lenient(rawChat),
  date: z.int().nonnegative().catch(0),
  chat: rawChat,
  text: lenient(wellFormed),
  caption: lenient(wellFormed),
  entities: lenient(z.array(z.unknown())),
  caption_entities: lenient(z.array(z.unknown())),
  reply_to_message: lenient(rawQuotedMessage),
  media_group_id: lenient(z.string().min(1).max(64)),
  ...media,
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
  edited_channel_post: lenient(rawMessage),
  callback_query: lenient(rawCallbackQuery),
})

/** Validates one update; `undefined` when it is malformed. */
export function parseUpdate(raw: unknown): RawUpdate | undefined {
  return rawUpdate.safeParse(raw).data
}

export type RawUpdate = z.infer<typeof rawUpdate>
export type RawUser = z.infer<typeof rawUser>
export type RawMessage = z.infer<typeof rawMessage>
export type RawQuotedMessage = z.infer<typeof rawQuotedMessage>
export type RawCallbackQuery = z.infer<typeof rawCallbackQuery>

/**
 * The kinds of updates to request. Channel posts are included so that commands work in channels
 * where the bot is an admin, and their edits so that an edited question is answered there too.
 * `my_chat_member` tells that the bot was removed or let in again.
 */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'callback_query',
  'stopped_message_generation',
  'my_chat_member',
] as const
