import type { TelegramMessage, TelegramMessageEntity } from '@gramio/types'
import { randomInt } from 'node:crypto'
import { badRequest } from '../bot-api-error.ts'
import { compact } from '../compact.ts'
import type { MethodCall, MethodHandlers } from '../method-registry.ts'
import type { FileDetails } from '../world/file-store.ts'
import type { MediaKind } from '../world/media-content.ts'
import { mediaContent } from '../world/media-content.ts'
import { takeInputFile } from './input-file.ts'
import { readCaption } from './message-text.ts'
import { readReplyMarkup } from './reply-markup.ts'
import type { MessageContent, SendParams } from './send-from-bot.ts'
import { sendFromBot } from './send-from-bot.ts'
import { writableChat } from './resolve-chat.ts'

const MAX_ALBUM = 10

interface MediaParams extends SendParams {
  readonly caption?: string | { toString(): string }
  readonly parse_mode?: string
  readonly caption_entities?: TelegramMessageEntity[]
  readonly has_spoiler?: boolean
  readonly show_caption_above_media?: boolean
}

/** Sending files of every kind, one at a time or as an album. */
export const mediaMethods: MethodHandlers = {
  sendPhoto: (params, call) => sendMedia(call, params, 'photo', params.photo),
  sendDocument: (params, call) => sendMedia(call, params, 'document', params.document),
  sendVoice: (params, call) => sendMedia(call, params, 'voice', params.voice, params),
  sendAudio: (params, call) => sendMedia(call, params, 'audio', params.audio, params),
  sendVideo: (params, call) => sendMedia(call, params, 'video', params.video, params),
  sendAnimation: (params, call) => sendMedia(call, params, 'animation', params.animation, params),
  sendSticker: (params, call) => sendMedia(call, params, 'sticker', params.sticker, params),
  sendVideoNote: (params, call) =>
    sendMedia(call, params, 'video_note', params.video_note, {
      ...(params.duration !== undefined && { duration: params.duration }),
      ...(params.length !== undefined && { width: params.length }),
    }),

  async sendMediaGroup(params, call) {
    if (params.media.length === 0) throw badRequest('there are no messages to send')
    if (params.media.length > MAX_ALBUM) throw badRequest('too many messages to send as an album')
    const kinds = new Set(params.media.map((item) => (item.type === 'photo' ? 'video' : item.type)))
    if (kinds.size > 1) throw badRequest("can't use the media of the specified type in the album")
    const contents: MessageContent[] = []
    for (const item of params.media) contents.push(await albumItem(call, item))
    const group = `${randomInt(1e9, 1e10)}${randomInt(1e6, 1e7)}`
    return contents.map((content) =>
      sendFromBot(call.emulation, params, { ...content, media_group_id: group }),
    )
  },
}

async function sendMedia(
  call: MethodCall,
  params: MediaParams,
  kind: MediaKind,
  input: unknown,
  details: Partial<FileDetails> = {},
): Promise<TelegramMessage> {
  const caption = readCaption(params)
  // checked first, so that a refused call leaves no file behind
  readReplyMarkup(params.reply_markup)
  writableChat(call.emulation, params.chat_id)
  const { duration, width, height, performer, title, emoji } = details
  const known = compact({ duration, width, height, performer, title, emoji })
  const file = await takeInputFile(call, kind, input, known)
  return sendFromBot(call.emulation, params, {
    ...mediaContent(call.emulation.world.files, kind, file),
    ...caption,
    ...flags(params),
  })
}

function flags(params: { has_spoiler?: boolean; show_caption_above_media?: boolean }): MessageContent {
  return {
    ...(params.has_spoiler === true && { has_media_spoiler: true as const }),
    ...(params.show_caption_above_media === true && { show_caption_above_media: true as const }),
  }
}

interface MediaItem {
  readonly has_spoiler?: boolean
  readonly show_caption_above_media?: boolean
  readonly type: string
  readonly media: unknown
  readonly caption?: string | { toString(): string }
  readonly parse_mode?: string
  readonly caption_entities?: TelegramMessageEntity[]
}

/** An item of an album, or the replacement of a message's media. */
export async function albumItem(call: MethodCall, item: MediaItem): Promise<MessageContent> {
  const kind = mediaKind(item.type)
  const caption = readCaption(item)
  const { duration, width, height, performer, title } = item as Partial<FileDetails>
  const details = compact({ duration, width, height, performer, title })
  const file = await takeInputFile(call, kind, item.media, details)
  return { ...mediaContent(call.emulation.world.files, kind, file), ...caption, ...flags(item) }
}

function mediaKind(type: string): MediaKind {
  switch (type) {
    case 'photo':
    case 'video':
    case 'audio':
    case 'document':
    case 'animation':
      return type
    case 'live_photo':
      return 'photo'
    case 'voice_note':
      return 'voice'
    default:
      throw badRequest(`can't parse InputMedia: type "${type}" is unsupported`)
  }
}
