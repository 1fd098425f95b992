import type { Message } from 'grammy/types'
import type { CarriedText } from '@pluggram/sdk'
import { clipped, wordsIn } from './words-in.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * What a field says about whose words a message has. `own`: nothing that others wrote, or read
 * elsewhere. `origin`: the author of the message did not write it here. `carries`: the field itself
 * has words of others; its name for people follows.
 */
type Rule = 'own' | { readonly origin: (value: unknown) => string } | { readonly carries: string }

const forwarded = (value: unknown): string => withName('forwarded', nameIn(value))
const through = (what: string) => ({ origin: (value: unknown) => withName(what, nameIn(value)) })
const carries = (what: string) => ({ carries: what })

/**
 * Every field of a message. A field that is not listed, such as one of a later Bot API, counts as an
 * origin: only what is known to be the author's own counts as such.
 */
const FIELDS = {
  message_id: 'own',
  message_thread_id: 'own',
  direct_messages_topic: 'own',
  from: 'own',
  sender_chat: 'own',
  sender_boost_count: 'own',
  sender_business_bot: through('written by the business bot'),
  sender_tag: 'own',
  receiver_user: 'own',
  ephemeral_message_id: 'own',
  date: 'own',
  guest_query_id: 'own',
  business_connection_id: 'own',
  chat: 'own',
  forward_origin: { origin: forwarded },
  is_topic_message: 'own',
  is_automatic_forward: { origin: forwarded },
  // read by the normaliser itself
  reply_to_message: 'own',
  external_reply: carries('a message of another chat, which this one answers'),
  quote: carries('a quote'),
  reply_to_story: carries('a story'),
  reply_to_checklist_task_id: 'own',
  reply_to_poll_option_id: 'own',
  via_bot: through('sent through the inline bot'),
  guest_bot_caller_user: through('written by a guest bot for'),
  guest_bot_caller_chat: through('written by a guest bot for'),
  edit_date: 'own',
  has_protected_content: 'own',
  is_from_offline: 'own',
  is_paid_post: 'own',
  media_group_id: 'own',
  author_signature: 'own',
  paid_star_count: 'own',
  text: 'own',
  entities: 'own',
  link_preview_options: 'own',
  suggested_post_info: 'own',
  effect_id: 'own',
  rich_message: carries('a rich message'),
  // the normaliser reads these as attachments
  animation: 'own',
  audio: 'own',
  document: 'own',
  live_photo: 'own',
  paid_media: carries('paid media'),
  photo: 'own',
  sticker: 'own',
  story: carries('a story'),
  video: 'own',
  video_note: 'own',
  voice: 'own',
  caption: 'own',
  caption_entities: 'own',
  show_caption_above_media: 'own',
  has_media_spoiler: 'own',
  contact: 'own',
  dice: 'own',
  location: 'own',
  checklist: carries('a checklist'),
  game: carries('a game'),
  poll: carries('a poll'),
  venue: carries('a place'),
  invoice: carries('an invoice'),
  giveaway: carries('a giveaway'),
  giveaway_winners: carries('a giveaway'),
  users_shared: carries('people that were shared'),
  chat_shared: carries('a chat that was shared'),
  web_app_data: carries('data of a web app'),
  reply_markup: 'own',
  // what follows is news about the chat, which has no words to answer
  checklist_tasks_done: 'own',
  checklist_tasks_added: 'own',
  community_chat_added: 'own',
  community_chat_joined: 'own',
  community_chat_removed: 'own',
  suggested_post_approved: 'own',
  suggested_post_approval_failed: 'own',
  suggested_post_declined: 'own',
  suggested_post_paid: 'own',
  suggested_post_refunded: 'own',
  chat_owner_left: 'own',
  chat_owner_changed: 'own',
  new_chat_members: 'own',
  left_chat_member: 'own',
  new_chat_title: 'own',
  new_chat_photo: 'own',
  delete_chat_photo: 'own',
  group_chat_created: 'own',
  supergroup_chat_created: 'own',
  channel_chat_created: 'own',
  managed_bot_created: 'own',
  poll_option_added: 'own',
  poll_option_deleted: 'own',
  message_auto_delete_timer_changed: 'own',
  migrate_to_chat_id: 'own',
  migrate_from_chat_id: 'own',
  pinned_message: 'own',
  successful_payment: 'own',
  refunded_payment: 'own',
  connected_website: 'own',
  write_access_allowed: 'own',
  passport_data: 'own',
  proximity_alert_triggered: 'own',
  boost_added: 'own',
  chat_background_set: 'own',
  forum_topic_created: 'own',
  forum_topic_edited: 'own',
  forum_topic_closed: 'own',
  forum_topic_reopened: 'own',
  general_forum_topic_hidden: 'own',
  general_forum_topic_unhidden: 'own',
  giveaway_created: 'own',
  giveaway_completed: 'own',
  gift: 'own',
  gift_upgrade_sent: 'own',
  unique_gift: 'own',
  paid_message_price_changed: 'own',
  direct_message_price_changed: 'own',
  video_chat_scheduled: 'own',
  video_chat_started: 'own',
  video_chat_ended: 'own',
  video_chat_participants_invited: 'own',
} as const satisfies Readonly<Record<keyof Message, Rule>>

const RULES: ReadonlyMap<string, Rule> = new Map(Object.entries(FIELDS))
const MAX_CARRIED = 4_000
const MAX_NAME = 64

/** What a message has that its author did not write here. */
export interface ForeignWords {
  /** Where the text and the attachments of the message come from, if they are not its author's own. */
  readonly origin?: string
  readonly carried?: readonly CarriedText[]
}

/** Whose words a message has, from all fields of the raw message. */
export function readForeignWords(message: unknown): ForeignWords {
  if (typeof message !== 'object' || message === null) return {}
  let origin: string | undefined
  const carried: CarriedText[] = []
  for (const [field, value] of Object.entries(message)) {
    const rule = RULES.get(field)
    if (rule === 'own' || value === undefined || value === null) continue
    if (rule === undefined) origin ??= field.startsWith('forward_') ? 'forwarded' : 'not written here'
    else if ('origin' in rule) origin = rule.origin(value)
    else {
      const words = clipped(wordsIn(value), MAX_CARRIED)
      if (words.text !== '') carried.push({ from: withName(rule.carries, nameIn(value)), ...words })
    }
  }
  return { ...(origin !== undefined && { origin }), ...(carried.length > 0 && { carried }) }
}

/** The name of a person, bot or chat in an origin, on one line. */
function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { sender_user: user, sender_chat: sender, chat, origin, ...own } = value as Members
  const inner = [user, sender, chat, origin].find((member) => typeof member === 'object' && member !== null)
  if (inner !== undefined) return nameIn(inner)
  if (typeof own.username === 'string') return `@${oneLine(own.username)}`
  const name =
    own.sender_user_name ?? (typeof own.id === 'number' ? (own.title ?? own.first_name) : undefined)
  return typeof name === 'string' && oneLine(name) !== '' ? oneLine(name) : undefined
}

function withName(what: string, name: string | undefined): string {
  if (name === undefined) return what
  return what === 'forwarded' || what.startsWith('a ') ? `${what}, from ${name}` : `${what} ${name}`
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME)
    .toWellFormed()
}
