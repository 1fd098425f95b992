import type { Reply } from '@pluggram/sdk'
import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import { MEDIA_FIELDS } from './media.ts'
import type { BotApiCall } from './plan-messages.ts'

/** A call as the outbox keeps it: the bytes of a file stand beside the content, everything else is JSON. */
export function toMessage(call: BotApiCall, policy: Reply['delivery'] = 'at-least-once'): OutgoingMessage {
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

/** The call of a message that `toMessage` made, in this run or in an earlier one. */
export function toCall({ content, bytes }: OutgoingMessage): BotApiCall {
  const call = content as BotApiCall
  if (!call.upload || !bytes) return call
  const { upload, payload, ...rest } = call
  return { ...rest, payload: { ...payload, [upload.field]: { bytes, fileName: upload.fileName } } }
}

/** True when both change the same message and the newer leaves nothing of the older. */
export function supersedes(newer: OutgoingMessage, older: OutgoingMessage): boolean {
  const next = newer.content as BotApiCall
  const previous = older.content as BotApiCall
  if (newer.chatId !== older.chatId || !previous.method.startsWith('edit')) return false
  if (next.payload.message_id !== previous.payload.message_id) return false
  // New text brings its own buttons; new buttons leave the text as it is.
  return (
    next.method === 'editMessageText' || (next.method === previous.method && next.method.startsWith('edit'))
  )
}
