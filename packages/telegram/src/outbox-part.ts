import type { Reply } from '@pluggram/sdk'
import type { OutboxPart } from '@pluggram/sdk/runtime'
import { MEDIA_FIELDS } from './media.ts'
import type { MediaField } from './media.ts'
import type { OutgoingMessage } from './plan-messages.ts'

/** What the content of our parts looks like: a message whose bytes, if it has any, are kept beside it. */
interface PartContent {
  readonly message: OutgoingMessage
  readonly upload?: { readonly field: MediaField; readonly fileName: string }
}

/** A planned message as the outbox keeps it. */
export function toPart(message: OutgoingMessage, policy: Reply['delivery'] = 'at-least-once'): OutboxPart {
  const chatId = message.payload.chat_id
  for (const field of MEDIA_FIELDS) {
    const { [field]: file, ...payload } = message.payload
    if (typeof file !== 'object') continue
    const content: PartContent = {
      message: { ...message, payload },
      upload: { field, fileName: file.fileName },
    }
    return { chatId, content, bytes: file.bytes, policy }
  }
  return { chatId, content: { message } satisfies PartContent, policy }
}

/** The message of a part that `toPart` made, in this run or in an earlier one. */
export function toMessage({ content, bytes }: OutboxPart): OutgoingMessage {
  const { message, upload } = content as PartContent
  if (!upload || !bytes) return message
  const file = { bytes, fileName: upload.fileName }
  return { ...message, payload: { ...message.payload, [upload.field]: file } }
}
