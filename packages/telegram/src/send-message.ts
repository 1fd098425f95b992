import type { Logger, SentMessage } from '@pluggram/sdk'
import { InputFile } from 'grammy'
import type { Api } from 'grammy'
import { toGrammySignal } from './api.ts'
import type { BackoffOptions } from './backoff.ts'
import { callPersistently } from './call-persistently.ts'
import { TelegramError } from './errors.ts'
import { messageKey } from './flood-holds.ts'
import type { FloodHolds } from './flood-holds.ts'
import { createMender } from './mend-message.ts'
import { MEDIA_FIELDS } from './media.ts'
import type { OutgoingMessage, OutgoingPayload } from './plan-messages.ts'

export interface MessageSenderOptions {
  readonly api: Api
  readonly logger: Logger
  readonly holds: FloodHolds
  readonly backoff?: BackoffOptions | undefined
  readonly tries?: number | undefined
}

/** Sends or edits one message; gives the message that stands in the chat afterwards. */
export type MessageSender = (message: OutgoingMessage, signal: AbortSignal) => Promise<SentMessage>

/** Creates the sender: it waits out 429s, tries again after failures and mends what Telegram refuses. */
export function createMessageSender(options: MessageSenderOptions): MessageSender {
  const { api, logger } = options
  // Groups that became supergroups while we run; whoever knows only the old id still reaches them.
  const newChatIds = new Map<number, number>()

  return async (planned, signal) => {
    const mend = createMender(logger)
    let message = redirect(planned, newChatIds)
    for (;;) {
      const { method, payload } = message
      try {
        const to = { method, key: messageKey(payload.chat_id), signal }
        return readSent(await callPersistently(() => call(api, message, signal), to, options), message)
      } catch (error) {
        if (!(error instanceof TelegramError)) throw error
        if (isUnchanged(error)) return { id: payload.message_id ?? 0, chatId: payload.chat_id }
        if (error.migrateToChatId !== undefined) newChatIds.set(payload.chat_id, error.migrateToChatId)
        const mended = mend(error, message)
        if (!mended) throw error
        message = mended
      }
    }
  }
}

function redirect(message: OutgoingMessage, newChatIds: ReadonlyMap<number, number>): OutgoingMessage {
  const newChatId = newChatIds.get(message.payload.chat_id)
  if (newChatId === undefined) return message
  return { ...message, payload: { ...message.payload, chat_id: newChatId } }
}

/** The methods take different payloads; `planMessages` gives each what it takes. */
function call(api: Api, { method, payload }: OutgoingMessage, signal: AbortSignal): Promise<unknown> {
  const send = api.raw[method] as unknown as (payload: object, signal: unknown) => Promise<unknown>
  return send(withUploads(payload), toGrammySignal(signal))
}

/** Bytes become a new upload at every try: grammY reads an upload only once. */
function withUploads(payload: OutgoingPayload): object {
  const uploads = MEDIA_FIELDS.flatMap((field) => {
    const file = payload[field]
    return typeof file === 'object' ? [[field, new InputFile(file.bytes, file.fileName)] as const] : []
  })
  return uploads.length > 0 ? { ...payload, ...Object.fromEntries(uploads) } : payload
}

function isUnchanged({ errorCode, description = '' }: TelegramError): boolean {
  return errorCode === 400 && /message is not modified/i.test(description)
}

/** Edits may answer just `true`; a message's own chat id is the one that counts after a migration. */
function readSent(answer: unknown, { method, payload }: OutgoingMessage): SentMessage {
  const known = { id: payload.message_id ?? 0, chatId: payload.chat_id }
  if (typeof answer !== 'object' || answer === null || !('message_id' in answer)) {
    if (method.startsWith('edit')) return known
    throw new TelegramError(`Telegram answered ${method} without a message`, {
      method,
      failure: 'unreachable',
    })
  }
  const chat: unknown = 'chat' in answer ? answer.chat : undefined
  const chatId = typeof chat === 'object' && chat !== null && 'id' in chat ? Number(chat.id) : known.chatId
  return { id: Number(answer.message_id), chatId }
}
