import type {
  TelegramInlineKeyboardButton,
  TelegramInlineKeyboardMarkup,
  TelegramMessage,
} from '@gramio/types'
import type {
  AttachmentKind,
  TranscriptAttachment,
  TranscriptButton,
  TranscriptMessage,
} from '../drive-types.ts'
import { compact } from '../compact.ts'
import { richMessageText } from '../text/rich-message-text.ts'
import type { MessageRecord } from './chat-record.ts'
import type { FileStore } from './file-store.ts'

interface FileLike {
  readonly file_id: string
  readonly file_name?: string
  readonly mime_type?: string
  readonly file_size?: number
  readonly width?: number
  readonly height?: number
  readonly length?: number
  readonly duration?: number
}

/** Converts a message to what a person sees. */
export function toTranscriptMessage(record: MessageRecord, files: FileStore): TranscriptMessage {
  const { message } = record
  const rich = message.rich_message ? richMessageText(message.rich_message) : undefined
  return compact({
    id: message.message_id,
    chatId: message.chat.id,
    senderId: record.senderId,
    fromBot: record.fromBot,
    date: message.date,
    editDate: message.edit_date,
    text: message.text ?? message.caption ?? rich?.text ?? serviceText(message),
    entities: message.entities ?? message.caption_entities ?? rich?.entities ?? [],
    attachments: attachmentsOf(message, files),
    buttons: buttonsOf(record),
    replyToMessageId: message.reply_to_message?.message_id,
    reactions: [...record.reactions].flatMap(([userId, reactions]) =>
      reactions.map((reaction) => ({ userId, emoji: reaction.type === 'emoji' ? reaction.emoji : '⭐' })),
    ),
  })
}

function serviceText(message: TelegramMessage): string {
  if (message.dice) return `${message.dice.emoji} ${message.dice.value}`
  if (message.pinned_message) return '📌'
  if (message.game) return message.game.title
  if (message.invoice) return message.invoice.title
  if (message.checklist)
    return [message.checklist.title, ...message.checklist.tasks.map((task) => task.text)].join('\n')
  return ''
}

function attachmentsOf(message: TelegramMessage, files: FileStore): TranscriptAttachment[] {
  const found: TranscriptAttachment[] = []
  const add = (kind: AttachmentKind, file: FileLike | undefined, label?: string): void => {
    if (file) found.push(fileAttachment(kind, file, files, label))
  }
  add('photo', message.photo?.at(-1))
  // an animation is also included as a document, for clients without support for animations
  if (message.animation) add('animation', message.animation)
  else add('document', message.document)
  add('voice', message.voice)
  add('audio', message.audio, message.audio?.title)
  add('video', message.video)
  add('video_note', message.video_note)
  add('sticker', message.sticker, message.sticker?.emoji)
  const place = message.location
  if (place) {
    found.push(
      compact({
        kind: 'location' as const,
        latitude: place.latitude,
        longitude: place.longitude,
        label: message.venue && `${message.venue.title}, ${message.venue.address}`,
      }),
    )
  }
  const contact = message.contact
  if (contact) {
    const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ')
    found.push({ kind: 'contact', label: `${name} ${contact.phone_number}` })
  }
  const poll = message.poll
  if (poll) {
    found.push({
      kind: 'poll',
      label: [poll.question, ...poll.options.map((option) => `• ${option.text}`)].join('\n'),
    })
  }
  return found
}

function fileAttachment(
  kind: AttachmentKind,
  file: FileLike,
  files: FileStore,
  label: string | undefined,
): TranscriptAttachment {
  const stored = files.byId(file.file_id)
  return compact({
    kind,
    fileId: file.file_id,
    fileName: file.file_name ?? stored?.fileName,
    mimeType: file.mime_type ?? stored?.mimeType,
    size: file.file_size,
    width: file.width ?? file.length,
    height: file.height ?? file.length,
    duration: file.duration,
    label,
  })
}

function buttonsOf({ message, keyboard }: MessageRecord): TranscriptButton[][] {
  if (keyboard) return keyboard.map((row) => row.map((text) => ({ text, kind: 'text' })))
  const markup = message.reply_markup as TelegramInlineKeyboardMarkup | undefined
  return (markup?.inline_keyboard ?? []).map((row) => row.map(toButton))
}

function toButton(button: TelegramInlineKeyboardButton): TranscriptButton {
  const { text } = button
  if (button.callback_data !== undefined) return { text, kind: 'callback', data: button.callback_data }
  const url = button.url ?? button.login_url?.url ?? button.web_app?.url
  return url === undefined ? { text, kind: 'other' } : { text, kind: 'url', url }
}
