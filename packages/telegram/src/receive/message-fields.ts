import type { Message } from 'grammy/types'
import { nameIn, withName } from './origin-name.ts'
import * as says from './unwritten-facts.ts'

/** What becomes of a field of a message. The code and docs/reference/telegram.md are made of it. */
export interface FieldRow {
  /**
   * `about` says something about a message and is no content. A message of `content` is answered
   * when it is addressed. `news` is a service message, which nobody expects an answer to.
   */
  readonly kind: 'about' | 'content' | 'news'
  /** For people. */
  readonly becomes: string
  /** The file that tests it, besides the test of all fields. */
  readonly test?: string
  /** Where the message comes from, when its author did not write it here. */
  readonly origin?: (value: unknown) => string
  /** What the field is called, when it has words that the author may not have written. */
  readonly carries?: string
  /** What it says besides its words; `instead` of them when they are none for a reader. */
  readonly says?: (value: unknown) => string
  readonly instead?: boolean
  /** It may have files beside its words. */
  readonly hasFiles?: boolean
}

const FOREIGN = 'packages/telegram/src/receive/foreign-words.test.ts'
const NORMALISED = 'packages/telegram/src/receive/normalise-update.test.ts'
const ATTACHED = 'plugins/ai_chatbot/src/attachments.test.ts'
const PICTURES = 'plugins/ai_chatbot/src/pictures.test.ts'
const MIGRATED = 'packages/telegram/src/receive/chat-migration.test.ts'
const LINKS = 'e2e/message-fields.test.ts'

const about = (becomes: string, test?: string): FieldRow => ({
  kind: 'about',
  becomes,
  ...(test !== undefined && { test }),
})
const content = (becomes: string, test?: string): FieldRow => ({ ...about(becomes, test), kind: 'content' })
const news = (becomes = 'no answer', test?: string): FieldRow => ({ ...about(becomes, test), kind: 'news' })
const origin = (what: string): FieldRow => ({
  ...about(`\`message.origin\`: “${what} …”; the words count as those of others`, FOREIGN),
  origin: (value) => withName(what, nameIn(value)),
})
const carries = (what: string, more: Partial<FieldRow> = {}): FieldRow => ({
  kind: 'content',
  becomes: `\`message.carried\`, as “${what}”; the words count as those of others`,
  carries: what,
  ...more,
})
const IGNORED = about('not read')

/** Every field of a message. One that is not listed, such as one of a later Bot API, counts as others' words. */
export const MESSAGE_FIELDS = {
  message_id: about('`message.id`', NORMALISED),
  message_thread_id: about(
    '`chat.topicId` in a forum; elsewhere the answer stays in the thread of comments',
    NORMALISED,
  ),
  direct_messages_topic: IGNORED,
  from: about('`user`', NORMALISED),
  sender_chat: about('`user`, in place of `from`', NORMALISED),
  sender_boost_count: IGNORED,
  sender_business_bot: origin('written by the business bot'),
  sender_tag: IGNORED,
  receiver_user: IGNORED,
  ephemeral_message_id: IGNORED,
  date: about('`message.date`', NORMALISED),
  guest_query_id: IGNORED,
  business_connection_id: IGNORED,
  chat: about('`chat`', NORMALISED),
  forward_origin: origin('forwarded'),
  is_topic_message: about('with `message_thread_id`: a topic of a forum', NORMALISED),
  is_automatic_forward: origin('forwarded'),
  reply_to_message: about('`message.replyTo`: text, formatting, files, words of others', FOREIGN),
  external_reply: carries('a message of another chat, which this one answers', {
    becomes: '`message.carried`, with its files; all of it counts as others’',
    hasFiles: true,
  }),
  quote: carries('a quote'),
  reply_to_story: carries('a story, which this message answers', { says: says.story }),
  reply_to_checklist_task_id: IGNORED,
  reply_to_poll_option_id: IGNORED,
  via_bot: origin('sent through the inline bot'),
  guest_bot_caller_user: origin('written by a guest bot for'),
  guest_bot_caller_chat: origin('written by a guest bot for'),
  edit_date: IGNORED,
  has_protected_content: IGNORED,
  is_from_offline: IGNORED,
  is_paid_post: IGNORED,
  media_group_id: about(
    '`message.albumId`; the parts of an album become one message, with `message.parts`',
    NORMALISED,
  ),
  author_signature: IGNORED,
  paid_star_count: IGNORED,
  text: content('`message.text`', NORMALISED),
  entities: about('`message.entities`; the model reads the addresses behind linked words', LINKS),
  link_preview_options: IGNORED,
  suggested_post_info: IGNORED,
  effect_id: IGNORED,
  rich_message: carries('a rich message'),
  animation: content('an attachment of kind `video`; the model sees its preview', PICTURES),
  audio: content('an attachment; the model reads its transcript', ATTACHED),
  document: content('an attachment; the model gets pictures, PDFs and texts', ATTACHED),
  live_photo: content('an attachment of kind `photo`', PICTURES),
  paid_media: carries('paid media', { says: says.paidMedia }),
  photo: content('an attachment, in all sizes; the model sees the largest that it takes', PICTURES),
  sticker: content('an attachment; the model reads its emoji, or sees it', PICTURES),
  story: carries('a story', { says: says.story }),
  video: content('an attachment; the model sees its preview', PICTURES),
  video_note: content('an attachment of kind `video`; the model sees its preview', PICTURES),
  voice: content('an attachment; its transcript counts as typed words', ATTACHED),
  caption: content('`message.text`', NORMALISED),
  caption_entities: about('`message.entities`', LINKS),
  show_caption_above_media: IGNORED,
  has_media_spoiler: IGNORED,
  contact: content('an attachment; name, number and card count as words of others', LINKS),
  dice: content('an attachment: emoji and value', ATTACHED),
  location: content('an attachment', ATTACHED),
  checklist: carries('a checklist', { says: says.checklist }),
  game: carries('a game'),
  poll: carries('a poll', { says: says.poll }),
  venue: carries('a place'),
  invoice: carries('an invoice', { says: says.invoice }),
  giveaway: carries('a giveaway', { says: says.giveaway }),
  giveaway_winners: carries('the winners of a giveaway', { says: says.giveaway }),
  users_shared: carries('people that were shared', { says: says.shared }),
  chat_shared: carries('a chat that was shared', { says: says.shared }),
  web_app_data: carries('data of a web app'),
  passport_data: carries('data of Telegram Passport', { says: says.passport, instead: true }),
  gift: carries('a gift', { says: says.gift }),
  unique_gift: carries('a unique gift'),
  reply_markup: IGNORED,
  checklist_tasks_done: news(),
  checklist_tasks_added: news(),
  community_chat_added: news(),
  community_chat_joined: news(),
  community_chat_removed: news(),
  suggested_post_approved: news(),
  suggested_post_approval_failed: news(),
  suggested_post_declined: news(),
  suggested_post_paid: news(),
  suggested_post_refunded: news(),
  chat_owner_left: news(),
  chat_owner_changed: news(),
  new_chat_members: news(),
  left_chat_member: news(),
  new_chat_title: news(),
  new_chat_photo: news(),
  delete_chat_photo: news(),
  group_chat_created: news(),
  supergroup_chat_created: news(),
  channel_chat_created: news(),
  managed_bot_created: news(),
  poll_option_added: news(),
  poll_option_deleted: news(),
  message_auto_delete_timer_changed: news(),
  migrate_to_chat_id: news('what is kept of the group moves to its new id', MIGRATED),
  migrate_from_chat_id: news('what is kept of the group moves to its new id', MIGRATED),
  pinned_message: news(),
  successful_payment: news(),
  refunded_payment: news(),
  connected_website: news(),
  write_access_allowed: news(),
  proximity_alert_triggered: news(),
  boost_added: news(),
  chat_background_set: news(),
  forum_topic_created: news('no answer; a message that only quotes it answers nothing', NORMALISED),
  forum_topic_edited: news(),
  forum_topic_closed: news(),
  forum_topic_reopened: news(),
  general_forum_topic_hidden: news(),
  general_forum_topic_unhidden: news(),
  giveaway_created: news(),
  giveaway_completed: news(),
  gift_upgrade_sent: news(),
  paid_message_price_changed: news(),
  direct_message_price_changed: news(),
  video_chat_scheduled: news(),
  video_chat_started: news(),
  video_chat_ended: news(),
  video_chat_participants_invited: news(),
} as const satisfies Readonly<Record<keyof Message, FieldRow>>
