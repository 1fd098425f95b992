import type { Update } from 'grammy/types'

type UpdateKind = Exclude<keyof Update, 'update_id'>

/** What becomes of a kind of update. The code and docs/reference/telegram.md are made of it. */
export interface UpdateRow {
  /** Telegram is asked for it. */
  readonly isAsked: boolean
  /** For people. */
  readonly becomes: string
  /** The file that tests it. */
  readonly test?: string
}

const NORMALISED = 'packages/telegram/src/receive/normalise-update.test.ts'
const NOT_ASKED: UpdateRow = { isAsked: false, becomes: 'not asked for' }
const KINDS = 'packages/telegram/src/receive/message-fields.test.ts'
const EDITED = 'e2e/edited-questions.test.ts'
const asked = (becomes: string, test = NORMALISED): UpdateRow => ({ isAsked: true, becomes, test })

/** Every kind of update. */
export const UPDATE_KINDS = {
  message: asked('`processMessage`, by its fields below'),
  edited_message: asked(
    'plugins with `updates: ["edited_message"]`; the answer of an edited question is made again',
    EDITED,
  ),
  channel_post: asked('as a message: commands work in channels where the bot is an administrator'),
  edited_channel_post: asked('as an edited message: an edited question is answered there too', KINDS),
  business_connection: NOT_ASKED,
  business_message: NOT_ASKED,
  edited_business_message: NOT_ASKED,
  deleted_business_messages: NOT_ASKED,
  guest_message: NOT_ASKED,
  message_reaction: NOT_ASKED,
  message_reaction_count: NOT_ASKED,
  inline_query: NOT_ASKED,
  chosen_inline_result: NOT_ASKED,
  callback_query: asked('`processMessage` of the plugin whose button it is, as `context.callback`'),
  shipping_query: NOT_ASKED,
  pre_checkout_query: NOT_ASKED,
  purchased_paid_media: NOT_ASKED,
  poll: NOT_ASKED,
  poll_answer: NOT_ASKED,
  my_chat_member: asked(
    'a chat that removed the bot is left alone until it lets it in again',
    'e2e/groups.test.ts',
  ),
  chat_member: NOT_ASKED,
  chat_join_request: NOT_ASKED,
  chat_boost: NOT_ASKED,
  removed_chat_boost: NOT_ASKED,
  managed_bot: NOT_ASKED,
  subscription: NOT_ASKED,
  stopped_message_generation: asked(
    'ends the answer that is being written in a private chat',
    'e2e/overtaking.test.ts',
  ),
} as const satisfies Readonly<Record<UpdateKind, UpdateRow>>

/** The kinds of updates to request. */
export const ALLOWED_UPDATES: readonly UpdateKind[] = Object.entries(UPDATE_KINDS).flatMap(
  ([kind, { isAsked }]) => (isAsked ? [kind as UpdateKind] : []),
)
