import { z } from '@pluggram/sdk'
import { readForeignWords } from './foreign-words.ts'
import type { ForeignWords } from './foreign-words.ts'
import { lenient, media, wellFormed } from './raw-media.ts'

/*
 * The parts of Bot API updates that become `IncomingUpdate`s.
 */

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
