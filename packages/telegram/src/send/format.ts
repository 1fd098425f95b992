import { DeliveryError } from '@pluggram/sdk'
import type { Button, Chat, Logger, Reply } from '@pluggram/sdk'
import type { Format, OutgoingMessage } from '@pluggram/sdk/runtime'
import type { InlineKeyboardMarkup, MessageEntity, ReplyParameters } from 'grammy/types'
import {
  CAPTION_LIMIT,
  MESSAGE_LIMIT,
  appendPlain,
  isBlank,
  plainText,
  splitText,
} from '../text/formatted-text.ts'
import type { FormattedText } from '../text/formatted-text.ts'
import { renderText } from '../text/render-text.ts'
import { formatWithEntities } from '../text/reply-entities.ts'
import type { RichContent } from '../text/rich-blocks.ts'
import type { RichMessages } from '../text/rich-messages.ts'
import { NO_MASK } from './mask-secrets.ts'
import type { ChatMask } from './mask-secrets.ts'
import { MEDIA_FIELDS, mediaMethod, mediaSource } from './media.ts'
import type { FileBytes, MediaField, MediaMethod } from './media.ts'

export interface FormatOptions {
  /**
   * Decides which texts become rich messages. Shared with the bot, which learns when Telegram
   * refuses them.
   */
  readonly rich: RichMessages
  /** Hides secrets in every message. Default: hides nothing. */
  readonly mask?: ChatMask
  /** Warns when a part of a reply has to be left out. */
  readonly logger: Logger
}

/**
 * Creates the function that turns a reply into messages. It hides secrets, renders and splits the
 * text, and makes each message plain data for the outbox. It needs no connection.
 */
export function createFormat({ rich, mask = NO_MASK, logger }: FormatOptions): Format {
  return (chat, given, written) => {
    const reply = maskReply(written ? { ...given, text: written.text } : given, mask)
    const { format, media, location, editMessageId, delivery } = reply
    const source = typeof reply.text === 'string' ? reply.text : ''
    const note = written?.note === undefined ? undefined : mask.applyToChat(written.note)
    const rendered = render(source, reply)
    const text = note === undefined ? rendered : appendPlain(rendered, `\n\n${note}`)
    const previewMessageId = written?.preview?.messageId
    const calls = planMessages(chat, reply, text, previewMessageId)
    const isStreamed = written?.preview !== undefined && { isStreamed: true }
    const isText = !media && !location && editMessageId === undefined
    const isMarkup = format !== undefined && format !== 'plain'
    const richMessage = isText && isMarkup ? rich.render(source, format) : undefined
    if (!richMessage)
      return calls.map((call) => toMessage(isStreamed ? { ...call, ...isStreamed } : call, delivery))
    const blocks = [...(richMessage.blocks ?? []), ...(note === undefined ? [] : [paragraph(note)])]
    const call = planRichMessage(chat, reply, { blocks }, previewMessageId)
    return [toMessage({ ...call, ...isStreamed, fallback: calls }, delivery)]
  }

  function render(text: string, { format = 'plain', entities }: Reply): FormattedText {
    if (format === 'plain')
      return entities === undefined ? plainText(text) : formatWithEntities(text, entities, logger)
    if (entities !== undefined)
      logger.warn('left out the entities of a reply: they belong to plain text', { format })
    return renderText(text, format)
  }
}

const paragraph = (text: string): { type: 'paragraph'; text: string } => ({ type: 'paragraph', text })

/** A call as the outbox stores it: JSON, with the bytes of a file beside it. */
function toMessage(call: BotApiCall, policy: Reply['delivery'] = 'at-least-once'): OutgoingMessage {
  const chatId = call.payload.chat_id
  for (const field of MEDIA_FIELDS) {
    if (typeof call.payload[field] !== 'object') continue
    const { [field]: file, ...payload } = call.payload
    if (typeof file !== 'object') continue
    const content: BotApiCall = { ...call, payload, upload: { field, fileName: file.fileName } }
    return { chatId, content, bytes: file.bytes, policy }
  }
  return { chatId, content: call, policy }
}

/** The parameters that our messages use, across all methods. */
export interface BotApiPayload extends Partial<Record<MediaField, FileBytes | string>> {
  readonly chat_id: number
  readonly message_thread_id?: number
  readonly message_id?: number
  readonly text?: string
  readonly entities?: readonly MessageEntity[]
  readonly rich_message?: RichContent
  readonly caption?: string
  readonly caption_entities?: readonly MessageEntity[]
  readonly latitude?: number
  readonly longitude?: number
  readonly disable_notification?: boolean
  readonly link_preview_options?: { readonly is_disabled: boolean }
  readonly reply_parameters?: ReplyParameters
  readonly reply_markup?: InlineKeyboardMarkup
}

/** A call that sends or edits a message, with what its sender has to know besides. */
export interface BotApiCall {
  readonly method:
    | 'sendMessage'
    | 'sendRichMessage'
    | 'sendLocation'
    | 'editMessageText'
    | 'editMessageCaption'
    | 'editMessageReplyMarkup'
    | MediaMethod
  readonly payload: BotApiPayload
  /** Set when the text was previewed; then other chats' answers go first. */
  readonly isStreamed?: boolean
  /** The topic of an edited message, for the message that replaces one that is gone. */
  readonly topicId?: number
  /** Sent instead when Telegram refuses the rich message. */
  readonly fallback?: readonly BotApiCall[]
  /** The parameter for the file whose bytes are stored beside the payload. */
  readonly upload?: { readonly field: MediaField; readonly fileName: string }
}

/**
 * Plans a reply's messages, in order: first the edited one or the media with as much text as fits,
 * then the rest of the text, then the location. Buttons go under the last. A preview of the text
 * becomes the first part.
 * @throws DeliveryError `reply-invalid` when nothing would be sent
 */
function planMessages(
  chat: Chat,
  reply: Reply,
  text: FormattedText,
  previewMessageId?: number,
): BotApiCall[] {
  const { media, location } = reply
  const editMessageId = reply.editMessageId ?? previewMessageId
  const messages: BotApiCall[] = []
  const parts = splitText(text, MESSAGE_LIMIT, media ? CAPTION_LIMIT : MESSAGE_LIMIT)
  const words = parts.filter((part) => !isBlank(part.text))

  if (editMessageId !== undefined) {
    if (media) throw invalid('media cannot replace a message: send it without editMessageId')
    const first = words.shift()
    const target = { chat_id: chat.id, message_id: editMessageId }
    if (first)
      messages.push({
        method: 'editMessageText',
        payload: { ...target, ...textMembers(first, reply) },
        ...(chat.topicId !== undefined && { topicId: chat.topicId }),
      })
    else if (reply.buttons) messages.push({ method: 'editMessageReplyMarkup', payload: target })
  }
  if (media) {
    const first = parts[0]
    const hasCaption = first !== undefined && first === words[0]
    if (hasCaption) words.shift()
    messages.push({
      method: mediaMethod(media),
      payload: {
        ...newMessageMembers(chat, reply),
        [media.kind]: mediaSource(media),
        ...(hasCaption && { caption: first.text, caption_entities: first.entities }),
      },
    })
  }
  for (const part of words) {
    messages.push({
      method: 'sendMessage',
      payload: { ...newMessageMembers(chat, reply), ...textMembers(part, reply) },
    })
  }
  if (location) {
    const { latitude, longitude } = location
    messages.push({
      method: 'sendLocation',
      payload: { ...newMessageMembers(chat, reply), latitude, longitude },
    })
  }
  if (messages.length === 0) {
    throw invalid(
      reply.buttons ? 'buttons need a text to stand under' : 'it has no text and nothing else to send',
    )
  }
  // A preview already quotes the message.
  return withButtons(previewMessageId === undefined ? withQuote(messages, reply) : messages, reply)
}

/** A reply as a rich message: a new one, or an edit of its preview. */
function planRichMessage(
  chat: Chat,
  reply: Reply,
  richMessage: RichContent,
  previewMessageId?: number,
): BotApiCall {
  const content = { rich_message: richMessage }
  const planned: BotApiCall =
    previewMessageId === undefined
      ? { method: 'sendRichMessage', payload: { ...newMessageMembers(chat, reply), ...content } }
      : {
          method: 'editMessageText',
          payload: { chat_id: chat.id, message_id: previewMessageId, ...content },
        }
  const [message = planned] = withButtons(withQuote([planned], reply), reply)
  return message
}

/** The parameters of every new message of a reply. */
export function newMessageMembers(chat: Chat, reply: Reply): BotApiPayload {
  return {
    chat_id: chat.id,
    ...(chat.topicId !== undefined && { message_thread_id: chat.topicId }),
    // a thread without a topic is joined by an answer alone
    ...quoteMembers({ replyToMessageId: chat.threadMessageId }),
    ...(reply.silent === true && { disable_notification: true }),
  }
}

/** The parameters for a text, in a message or an edit. */
export function textMembers(
  { text, entities }: FormattedText,
  { linkPreview }: Reply,
): Pick<BotApiPayload, 'text' | 'entities' | 'link_preview_options'> {
  return {
    text,
    ...(entities.length > 0 && { entities }),
    link_preview_options: { is_disabled: linkPreview !== true },
  }
}

/** The parameters for quoting a message. */
export function quoteMembers({
  replyToMessageId,
}: {
  readonly replyToMessageId?: number | undefined
}): Pick<BotApiPayload, 'reply_parameters'> {
  if (replyToMessageId === undefined) return {}
  return { reply_parameters: { message_id: replyToMessageId, allow_sending_without_reply: true } }
}

/** Makes the first new message quote. */
function withQuote(messages: BotApiCall[], reply: Reply): BotApiCall[] {
  if (reply.replyToMessageId === undefined) return messages
  const first = messages.findIndex(({ method }) => method.startsWith('send'))
  return messages.map((message, index) =>
    index === first ? { ...message, payload: { ...message.payload, ...quoteMembers(reply) } } : message,
  )
}

function withButtons(messages: BotApiCall[], reply: Reply): BotApiCall[] {
  const rows = reply.buttons
  if (!rows) return messages
  const keyboard = toKeyboard(rows)
  return messages.map((message, index) =>
    index === messages.length - 1
      ? { ...message, payload: { ...message.payload, reply_markup: keyboard } }
      : message,
  )
}

export function toKeyboard(rows: readonly (readonly Button[])[]): InlineKeyboardMarkup {
  return { inline_keyboard: rows.filter((row) => row.length > 0).map((row) => row.map(toButton)) }
}

function toButton(button: Button): { text: string; url: string } | { text: string; callback_data: string } {
  const text = button.text.toWellFormed()
  return 'url' in button ? { text, url: button.url } : { text, callback_data: button.data }
}

function invalid(reason: string): DeliveryError {
  return new DeliveryError('reply-invalid', `The reply cannot be sent: ${reason}`)
}

/**
 * The reply without secrets. A plugin may repeat a server's answer, or an error that shows a URL.
 * Returns the same object when there is nothing to hide.
 */
export function maskReply(reply: Reply, mask: ChatMask): Reply {
  const { text, buttons } = reply
  const masked = typeof text === 'string' ? mask.applyToChat(text) : text
  const hidden = buttons && maskButtons(buttons, mask)
  if (masked === text && hidden === buttons) return reply
  const { entities, ...rest } = reply
  return {
    ...rest,
    // the entities' positions no longer match the masked text
    ...(masked === text ? entities && { entities } : { text: masked as string }),
    ...(hidden && { buttons: hidden }),
  }
}

/** Returns the same rows when there is nothing to hide. */
export function maskButtons(
  rows: readonly (readonly Button[])[],
  mask: ChatMask,
): readonly (readonly Button[])[] {
  const hide = (button: Button): Button => {
    const text = mask.applyToChat(button.text)
    if (!('url' in button)) return text === button.text ? button : { ...button, text }
    const url = mask.applyToChat(button.url)
    return text === button.text && url === button.url ? button : { text, url }
  }
  const hidden = rows.map((row) => row.map(hide))
  return hidden.some((row, index) => row.some((button, column) => button !== rows[index]?.[column]))
    ? hidden
    : rows
}
