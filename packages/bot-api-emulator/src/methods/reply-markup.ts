import type {
  TelegramInlineKeyboardButton,
  TelegramInlineKeyboardMarkup,
  TelegramReplyKeyboardMarkup,
} from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import { checkedLink } from '../text/link-target.ts'

const MAX_CALLBACK_DATA_BYTES = 64
const MAX_BUTTONS = 100

/** The possible actions of a button; one of them is required. */
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

export interface ReplyMarkup {
  /** Part of the message. */
  readonly inline?: TelegramInlineKeyboardMarkup
  /** The texts that a reply keyboard offers, row by row. */
  readonly keyboard?: string[][]
}

/** Validates any kind of reply markup. */
export function readReplyMarkup(markup: unknown): ReplyMarkup {
  if (markup === undefined) return {}
  if (typeof markup !== 'object' || markup === null) throw badRequest('object expected as reply markup')
  if ('keyboard' in markup) return { keyboard: readKeyboard(markup as TelegramReplyKeyboardMarkup) }
  if (!('inline_keyboard' in markup)) return {}
  const rows = (markup as TelegramInlineKeyboardMarkup).inline_keyboard.filter((row) => row.length > 0)
  if (rows.length === 0) return {}
  checkCount(rows)
  for (const row of rows) for (const button of row) checkButton(button)
  return { inline: { inline_keyboard: rows } }
}

function readKeyboard({ keyboard }: TelegramReplyKeyboardMarkup): string[][] {
  checkCount(keyboard)
  return keyboard.map((row) =>
    row.map((button) => {
      const text = typeof button === 'string' ? button : String(button.text)
      if (text.trim() === '') throw badRequest("can't parse keyboard button: text must be non-empty")
      return text
    }),
  )
}

function checkCount(rows: readonly (readonly unknown[])[]): void {
  const count = rows.reduce((sum, row) => sum + row.length, 0)
  if (count > MAX_BUTTONS) throw badRequest('reply markup is too long')
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
