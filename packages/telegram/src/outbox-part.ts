import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import type { Reply } from '@pluggram/sdk'
import { MEDIA_FIELDS } from './media.ts'
import type { MediaField } from './media.ts'
import type { BotApiCall } from './plan-messages.ts'

/** A message on its way, with what the sender has to know besides. */
export interface PlannedMessage {
  readonly message: BotApiCall
  /** Text was shown while it was written: others wait for their first word. */
  readonly isStreamed?: boolean
  /** What is sent instead when Telegram does not take a rich message. */
  readonly fallback?: readonly BotApiCall[]
}

/** What the content of our parts looks like; a message's bytes, if it has any, are kept beside it. */
interface PartContent extends PlannedMessage {
  readonly upload?: { readonly field: MediaField; readonly fileName: string }
}

/** A planned message as the outbox keeps it. */
export function toPart(
  planned: PlannedMessage,
  policy: Reply['delivery'] = 'at-least-once',
): OutgoingMessage {
  const { message } = planned
  const chatId = message.payload.chat_id
  for (const field of MEDIA_FIELDS) {
    if (typeof message.payload[field] !== 'object') continue
    const { [field]: file, ...payload } = message.payload
    if (typeof file !== 'object') continue
    const content: PartContent = {
      ...planned,
      message: { ...message, payload },
      upload: { field, fileName: file.fileName },
    }
    return { chatId, content, bytes: file.bytes, policy }
  }
  return { chatId, content: planned satisfies PartContent, policy }
}

/** The message of a part that `toPart` made, in this run or in an earlier one. */
export function toPlanned({ content, bytes }: OutgoingMessage): PlannedMessage {
  const { upload, ...planned } = content as PartContent
  if (!upload || !bytes) return planned
  const { message } = planned
  const file = { bytes, fileName: upload.fileName }
  return { ...planned, message: { ...message, payload: { ...message.payload, [upload.field]: file } } }
}

/** True when both change the same message and the newer leaves nothing of the older. */
export function supersedes(newer: OutgoingMessage, older: OutgoingMessage): boolean {
  const { message: next } = newer.content as PartContent
  const { message: previous } = older.content as PartContent
  if (newer.chatId !== older.chatId || !previous.method.startsWith('edit')) return false
  if (next.payload.message_id !== previous.payload.message_id) return false
  // New text brings its own buttons; new buttons leave the text as it is.
  return (
    next.method === 'editMessageText' || (next.method === previous.method && next.method.startsWith('edit'))
  )
}
