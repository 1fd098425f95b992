import type { InlineKeyboardButton } from 'grammy/types'
import type { TelegramError } from '../api/errors.ts'
import type { Way } from '../api/refusals.ts'
import { CAPTION_LIMIT, plainText, splitText } from '../text/formatted-text.ts'
import type { BotApiCall, BotApiPayload } from './format.ts'
import { MEDIA_FIELDS } from './media.ts'
import type { FileBytes, MediaField } from './media.ts'

/** What a way may use. */
export interface WayTools {
  /** Fetches a file by its address; `undefined` when there is none that can be sent. */
  fetchFile(address: string, kind: MediaField): Promise<FileBytes | undefined>
  /** Why a file is missing, for the people in the chat. */
  readonly notice: string
}

/**
 * Makes other calls of a refused one; they carry all its words. Returns nothing where the way does
 * not fit.
 */
type MakeOther = (
  call: BotApiCall,
  error: TelegramError,
  tools: WayTools,
) => readonly BotApiCall[] | undefined | Promise<readonly BotApiCall[] | undefined>

export const OTHER_WAYS: Readonly<Record<Way, MakeOther>> = {
  follow: (call, { migrateToChatId }) =>
    migrateToChatId === undefined ? undefined : [withPayload(call, { chat_id: migrateToChatId })],

  unformatted(call) {
    const { text, caption, entities = [], caption_entities: marks = [] } = call.payload
    const spelled = spellLinks(text ?? caption ?? '', text === undefined ? marks : entities)
    const bare = without(call, 'entities', 'caption_entities')
    return bare && withWords(bare, spelled)
  },

  'buttons-as-text'(call) {
    const rows = call.payload.reply_markup?.inline_keyboard
    const lines = rows?.flat().flatMap((button) => linkLine(button)) ?? []
    if (!rows || lines.length === 0) return undefined
    const kept = rows.map((row) => row.filter((button) => linkLine(button).length === 0))
    const full = kept.filter((row) => row.length > 0)
    const fewer =
      full.length > 0
        ? withPayload(call, { reply_markup: { inline_keyboard: full } })
        : (without(call, 'reply_markup') ?? call)
    return withWords(fewer, [wordsOf(call), ...lines].filter((line) => line !== '').join('\n'))
  },

  unbuttoned(call) {
    const bare = call.method === 'editMessageReplyMarkup' ? undefined : without(call, 'reply_markup')
    return bare && [bare]
  },

  'without-topic'(call) {
    // a quote would lead back into the topic
    const bare = without(call, 'message_thread_id', 'reply_parameters')
    return bare && [bare]
  },

  unquoted(call) {
    const bare = without(call, 'reply_parameters')
    return bare && [bare]
  },

  async upload(call, _error, { fetchFile }) {
    const field = MEDIA_FIELDS.find((name) => isAddress(call.payload[name]))
    if (field === undefined) return undefined
    const file = await fetchFile(String(call.payload[field]), field)
    return file && [withPayload(call, { [field]: file })]
  },

  document(call) {
    const field = MEDIA_FIELDS.find((name) => call.payload[name] !== undefined)
    if (field === undefined || field === 'document') return undefined
    const { [field]: document, ...rest } = call.payload
    return [{ ...call, method: 'sendDocument', payload: { ...rest, document: document ?? '' } }]
  },

  split(call) {
    const { text = '', entities = [] } = call.payload
    if (text.length < 2) return undefined
    const parts = splitText({ text, entities }, Math.ceil(text.length / 2))
    return parts.length > 1 ? inParts(call, parts) : undefined
  },

  'caption-apart'(call) {
    const { caption, caption_entities: entities = [], reply_markup: _buttons, ...media } = call.payload
    if (caption === undefined || call.method.startsWith('edit')) return undefined
    const bare = { ...call, payload: media }
    return [bare, newText(call, { text: caption, entities })]
  },

  'caption-edit'(call) {
    const { text, entities, link_preview_options: _preview, ...rest } = call.payload
    if (call.method !== 'editMessageText' || text === undefined || text.length > CAPTION_LIMIT)
      return undefined
    const payload = { ...rest, caption: text, ...(entities && { caption_entities: entities }) }
    return [{ ...call, method: 'editMessageCaption', payload }]
  },

  'new-message'(call) {
    const { message_id: _target, ...payload } = call.payload
    const thread = call.topicId === undefined ? {} : { message_thread_id: call.topicId }
    if (call.method === 'editMessageText')
      return [{ ...call, method: 'sendMessage', payload: { ...payload, ...thread } }]
    if (call.method !== 'editMessageCaption') return undefined
    return [newText(call, { text: payload.caption ?? '', entities: payload.caption_entities ?? [] })]
  },

  words(call, _error, { notice }) {
    const { text, caption, entities, caption_entities: marks, latitude, longitude } = call.payload
    const field = MEDIA_FIELDS.find((name) => call.payload[name] !== undefined)
    const words = spellLinks(text ?? caption ?? '', (text === undefined ? marks : entities) ?? [])
    const links = call.payload.reply_markup?.inline_keyboard.flat().flatMap((button) => linkLine(button))
    const lines = [words, links?.join('\n') ?? '']
    if (field !== undefined && isAddress(call.payload[field])) lines.push(String(call.payload[field]))
    else if (field !== undefined) lines.push(`⚠️ ${notice}`)
    if (latitude !== undefined && longitude !== undefined) lines.push(`📍 ${latitude}, ${longitude}`)
    const plain = lines.filter((line) => line !== '').join('\n\n')
    if (plain === '' || (plain === text && isPlainest(call))) return undefined
    return inParts({ ...call, payload: rootOf(call) }, splitText(plainText(plain)))
  },
}

/** The parameters that every new message in that place has. */
function rootOf({ payload, topicId }: BotApiCall): BotApiPayload {
  const { chat_id, message_thread_id: thread = topicId, disable_notification: isSilent } = payload
  return {
    chat_id,
    ...(thread !== undefined && { message_thread_id: thread }),
    ...(isSilent === true && { disable_notification: true }),
  }
}

function newText(call: BotApiCall, { text, entities }: TextPart): BotApiCall {
  const { reply_markup: buttons } = call.payload
  return {
    method: 'sendMessage',
    payload: {
      ...rootOf(call),
      text,
      ...(entities.length > 0 && { entities }),
      ...(buttons && { reply_markup: buttons }),
    },
  }
}

type TextPart = { readonly text: string; readonly entities: NonNullable<BotApiPayload['entities']> }

/** The parts as messages: the first in the place of the call, the buttons under the last. */
function inParts(call: BotApiCall, parts: readonly TextPart[]): BotApiCall[] {
  const { text: _text, entities: _entities, reply_markup: buttons, ...rest } = call.payload
  return parts.map(({ text, entities }, index) => {
    const isEdit = index === 0 && call.method === 'editMessageText' && rest.message_id !== undefined
    return {
      method: isEdit ? 'editMessageText' : 'sendMessage',
      payload: {
        ...(index === 0 ? rest : rootOf(call)),
        text,
        ...(entities.length > 0 && { entities }),
        ...(buttons && index === parts.length - 1 && { reply_markup: buttons }),
      },
    }
  })
}

/** True for a text that has nothing left to take away. */
function isPlainest({ method, payload }: BotApiCall): boolean {
  const { entities = [], reply_markup: buttons, reply_parameters: quote } = payload
  return method === 'sendMessage' && entities.length === 0 && buttons === undefined && quote === undefined
}

function wordsOf({ payload }: BotApiCall): string {
  return payload.text ?? payload.caption ?? ''
}

/** The call with other words; what does not fit follows in messages of its own. */
function withWords(call: BotApiCall, words: string): readonly BotApiCall[] {
  const isCaption = call.payload.text === undefined
  if (!isCaption) return words === call.payload.text ? [call] : inParts(call, splitWords(call, words))
  if (words === (call.payload.caption ?? '')) return [call]
  if (words.length <= CAPTION_LIMIT) return [withPayload(call, { caption: words })]
  const bare = without(call, 'caption', 'caption_entities') ?? call
  return [
    bare,
    ...splitText(plainText(words)).map((part) => newText({ ...call, payload: rootOf(call) }, part)),
  ]
}

/** Formatting stays where the words before the change are the same. */
function splitWords({ payload }: BotApiCall, words: string): readonly TextPart[] {
  const isLonger = words.startsWith(payload.text ?? '')
  return splitText({ text: words, entities: isLonger ? (payload.entities ?? []) : [] })
}

/** The text with the addresses of its linked words behind them. */
function spellLinks(text: string, entities: NonNullable<BotApiPayload['entities']>): string {
  let spelled = text
  const links = entities.flatMap((entity) => (entity.type === 'text_link' ? [entity] : []))
  for (const { offset, length, url } of links.toSorted((a, b) => b.offset - a.offset)) {
    if (text.slice(offset, offset + length).includes(url)) continue
    spelled = `${spelled.slice(0, offset + length)} (${url})${spelled.slice(offset + length)}`
  }
  return spelled
}

function linkLine(button: InlineKeyboardButton): string[] {
  return 'url' in button ? [`${button.text}: ${button.url}`] : []
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^https?:/i.test(value)
}

function withPayload(call: BotApiCall, members: Partial<BotApiPayload>): BotApiCall {
  return { ...call, payload: { ...call.payload, ...members } }
}

/** The call without `members`; `undefined` when it has none of them. */
function without(call: BotApiCall, ...members: (keyof BotApiPayload)[]): BotApiCall | undefined {
  const present = members.filter((member) => call.payload[member] !== undefined)
  if (present.length === 0) return undefined
  const payload = { ...call.payload }
  for (const member of present) delete payload[member]
  return { ...call, payload }
}
