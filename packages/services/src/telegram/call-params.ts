import { DeliveryError } from '@pluggram/sdk'

/** Telegram reads 32 bits of a message id and ignores what follows the digits, so both are checked here. */
const MAX_MESSAGE_ID = 2 ** 31 - 1

/**
 * The parameters that are objects or lists in some method of the Bot API. Telegram accepts them as
 * JSON text too; as text, nothing inside them could be checked.
 */
export const JSON_PARAMS: ReadonlySet<string> = new Set([
  'accepted_gift_types',
  'added_user_ids',
  'allowed_updates',
  'areas',
  'button',
  'caption_entities',
  'checklist',
  'commands',
  'content',
  'correct_option_ids',
  'country_codes',
  'custom_emoji_ids',
  'description_entities',
  'emoji_list',
  'entities',
  'ephemeral_message_parameters',
  'errors',
  'explanation_entities',
  'explanation_media',
  'keywords',
  'link_preview_options',
  'mask_position',
  'media',
  'menu_button',
  'message_ids',
  'options',
  'permissions',
  'photo',
  'prices',
  'question_entities',
  'reaction',
  'reply_markup',
  'reply_parameters',
  'result',
  'results',
  'rich_message',
  'rights',
  'scope',
  'shipping_options',
  'sticker',
  'stickers',
  'suggested_post_parameters',
  'suggested_tip_amounts',
  'text_entities',
])

/**
 * The parameters of a call as objects, lists and numbers, so that what is checked is what Telegram
 * reads.
 * @throws DeliveryError `reply-invalid`
 */
export function plainParams(
  plugin: string,
  params: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw invalid(plugin, name, 'no method has this parameter')
    plain[name] = plainValue(plugin, name, value)
  }
  return plain
}

function plainValue(plugin: string, name: string, value: unknown): unknown {
  if (JSON_PARAMS.has(name)) return name === 'message_ids' ? ids(plugin, name, parsed(value)) : parsed(value)
  if (name.endsWith('message_id')) {
    return name === 'inline_message_id' || value === null ? value : messageId(plugin, name, value)
  }
  if (name.endsWith('chat_id') && typeof value === 'string' && /^-?\d{1,15}$/.test(value))
    return Number(value)
  return value
}

/** Text that is JSON as what it means; anything else, such as a file's id in `photo`, unchanged. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

function ids(plugin: string, name: string, value: unknown): number[] {
  if (!Array.isArray(value)) throw invalid(plugin, name, 'it must be a list of ids')
  return value.map((id) => messageId(plugin, name, id))
}

function messageId(plugin: string, name: string, value: unknown): number {
  const id = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  if (typeof id === 'number' && Number.isInteger(id) && id > 0 && id <= MAX_MESSAGE_ID) return id
  throw invalid(plugin, name, "it must be a message's id, a positive whole number")
}

function invalid(plugin: string, name: string, reason: string): DeliveryError {
  return new DeliveryError('reply-invalid', `Plugin ${plugin}: ${name.slice(0, 64)}: ${reason}.`)
}
