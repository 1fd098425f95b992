import type { TelegramInlineKeyboardButton, TelegramInlineKeyboardMarkup } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import { checkedLink } from '../text/link-target.ts'

const MAX_CALLBACK_DATA_BYTES = 64
const MAX_BUTTONS = 100

/** What a button does; one of these must be there. */
const ACTIONS: readonly (keyof TelegramInlineKeyboardButton)[] = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
  'disabled',
]

/**
 * Checks any kind of reply markup; gives the inline keyboard, which stays with the message. The other
 * kinds only change what the person's client shows.
 */
export function readReplyMarkup(markup: unknown): TelegramInlineKeyboardMarkup | undefined {
  if (markup === undefined) return undefined
  if (typeof markup !== 'object' || markup === null) throw badRequest('object expected as reply markup')
  if (!('inline_keyboard' in markup)) return undefined
  const keyboard = (markup as TelegramInlineKeyboardMarkup).inline_keyboard.filter((row) => row.length > 0)
  if (keyboard.length === 0) return undefined
  if (keyboard.reduce((count, row) => count + row.length, 0) > MAX_BUTTONS) {
    throw badRequest('reply markup is too long')
  }
  for (const row of keyboard) for (const button of row) checkButton(button)
  return { inline_keyboard: keyboard }
}

function checkButton(button: TelegramInlineKeyboardButton): void {
  if (button.text.trim() === '') {
    throw badRequest("can't parse inline keyboard button: text must be non-empty")
  }
  if (!ACTIONS.some((action) => button[action] !== undefined)) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
  }
  const { callback_data: data, url } = button
  if (data !== undefined) {
    const size = Buffer.byteLength(data)
    if (size === 0 || size > MAX_CALLBACK_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID')
  }
  if (url !== undefined && checkedLink(url) === undefined) {
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
  }
}
