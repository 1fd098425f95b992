import type { Logger, SentMessage } from '@pluggram/sdk'
import type { CallSlot, DeliveryPolicy, MessageTransport, OutgoingMessage } from '@pluggram/sdk/runtime'
import { InputFile } from 'grammy'
import { toGrammySignal } from '../api/api.ts'
import type { TelegramApi } from '../api/api.ts'
import { meansToken, TelegramError, toTelegramError } from '../api/errors.ts'
import type { RichMessages } from '../text/rich-messages.ts'
import { callPersistently, gateOf } from './call-persistently.ts'
import type { CallGate, Persistence } from './call-persistently.ts'
import type { BotApiCall, BotApiPayload } from './format.ts'
import { MEDIA_FIELDS } from './media.ts'
import type { MediaField } from './media.ts'
import { createMender } from './mend-message.ts'
import type { BlockedChats, SendGate, SendRank } from './send-gate.ts'

/** The call that `toMessage` stored in a message, in this run or an earlier one. */
export function toCall({ content, bytes }: OutgoingMessage): BotApiCall {
  const call = content as BotApiCall
  if (!call.upload || !bytes) return call
  const { upload, payload, ...rest } = call
  return { ...rest, payload: { ...payload, [upload.field]: { bytes, fileName: upload.fileName } } }
}

/** True when both edit the same message and the newer edit replaces all of the older. */
export function supersedes(newer: OutgoingMessage, older: OutgoingMessage): boolean {
  const next = newer.content as BotApiCall
  const previous = older.content as BotApiCall
  if (newer.chatId !== older.chatId || !previous.method.startsWith('edit')) return false
  if (next.payload.message_id !== previous.payload.message_id) return false
  // An edit of the text replaces the buttons too; an edit of the buttons keeps the text.
  return (
    next.method === 'editMessageText' || (next.method === previous.method && next.method.startsWith('edit'))
  )
}

export interface MessageSenderOptions extends Persistence {
  readonly api: TelegramApi
  readonly logger: Logger
  readonly gate: SendGate
  readonly blocked: BlockedChats
  readonly rich: RichMessages
  /** Called when a message is sent again although it may have arrived. */
  readonly onAmbiguous: () => void
  /** Called when a group became a supergroup with a new id. */
  readonly onChatMigrated?: ((from: number, to: number) => void) | undefined
}

interface Sending {
  readonly rank: SendRank
  readonly policy: DeliveryPolicy
  readonly signal: AbortSignal
  readonly slot: CallSlot | undefined
}

/** Makes one call; resolves with the sent or edited message. */
type CallSender = (call: BotApiCall, sending: Sending) => Promise<SentMessage>

/**
 * Creates the sender of messages. A rich message that Telegram refuses is sent as text, possibly as
 * several messages. While this run retries it, it keeps count of those already sent.
 */
export function createMessageSender(options: MessageSenderOptions): MessageTransport['send'] {
  const { rich } = options
  const sendCall = createCallSender(options)
  const fallbacksSent = new WeakMap<object, number>()

  async function sendRich(
    call: BotApiCall,
    fallback: readonly BotApiCall[],
    sending: Sending,
    progress: object,
  ): Promise<SentMessage> {
    if (rich.isResting() || fallbacksSent.has(progress)) return sendAll(fallback, sending, progress)
    try {
      return await sendCall(call, sending)
    } catch (error) {
      if (!(error instanceof TelegramError) || !rich.isRefusal(error)) throw error
    }
    const sent = await sendAll(fallback, sending, progress)
    // Telegram accepted the text, so it refused the rich form and not the chat.
    rich.rest()
    return sent
  }

  async function sendAll(
    calls: readonly BotApiCall[],
    sending: Sending,
    progress: object,
  ): Promise<SentMessage> {
    let last: SentMessage | undefined
    for (const call of calls.slice(fallbacksSent.get(progress) ?? 0)) {
      last = await sendCall(call, sending)
      fallbacksSent.set(progress, (fallbacksSent.get(progress) ?? 0) + 1)
    }
    if (!last) throw new TypeError('a rich message needs a text to fall back to')
    return last
  }

  return (message, signal, slot) => {
    const call = toCall(message)
    const sending: Sending = { rank: rankOf(message, call), policy: message.policy, signal, slot }
    if (!call.fallback) return sendCall(call, sending)
    return sendRich(call, call.fallback, sending, message.content as object)
  }
}

function rankOf({ isBroadcast }: OutgoingMessage, { isStreamed }: BotApiCall): SendRank {
  if (isBroadcast === true) return 'broadcast'
  return isStreamed === true ? 'final' : 'answer'
}

/**
 * Creates the function that makes one call. It waits out 429s, retries failures and mends what
 * Telegram refuses.
 */
function createCallSender(options: MessageSenderOptions): CallSender {
  const { api, logger, gate, blocked, onAmbiguous, onChatMigrated } = options
  // Groups that became supergroups during this run, so that messages to the old id still arrive.
  const newChatIds = new Map<number, number>()

  const token = createTokenCheck(options)

  function noteMigration(from: number, to: number): void {
    if (newChatIds.get(from) === to) return
    newChatIds.set(from, to)
    logger.info('a group became a supergroup; messages follow it', { from, to })
    onChatMigrated?.(from, to)
  }

  return async (planned, { rank, policy, signal, slot }) => {
    let mend: ReturnType<typeof createMender> | undefined
    let message = redirect(planned, newChatIds)
    for (;;) {
      const { method, payload } = message
      const chatId = payload.chat_id
      blocked.check(chatId)
      const sendGate: CallGate = {
        ...gateOf(gate, { chatId, rank, kind: 'message' }),
        isTokenRefusal: (failure) => token.isRefused(failure, signal),
      }
      try {
        return await callPersistently(
          () => callApi(api, message, signal),
          { method, gate: sendGate, signal, policy, slot, onAmbiguous },
          options,
        )
      } catch (error) {
        if (!(error instanceof TelegramError)) throw error
        if (isUnchanged(error)) return { id: payload.message_id ?? 0, chatId }
        if (error.errorCode === 403) blocked.mark(chatId)
        if (error.migrateToChatId !== undefined) noteMigration(chatId, error.migrateToChatId)
        mend ??= createMender(logger)
        const mended = mend(error, message)
        if (!mended) throw error
        message = mended
      }
    }
  }
}

/**
 * Notices that Telegram refuses the token: messages wait then, as they do while Telegram cannot be
 * reached. The owner is told once each time.
 */
function createTokenCheck({ api, gate, logger }: MessageSenderOptions): {
  isRefused(failure: TelegramError, signal: AbortSignal): Promise<boolean>
} {
  async function isUnknown(signal: AbortSignal): Promise<boolean> {
    try {
      await api.getMe(toGrammySignal(signal))
      return false
    } catch (error) {
      return meansToken(toTelegramError(error, 'getMe')) !== 'no'
    }
  }

  return {
    async isRefused(failure, signal) {
      const meaning = meansToken(failure)
      if (meaning === 'no' || (meaning === 'maybe' && !(await isUnknown(signal)))) return false
      if (!gate.isTokenRefused)
        logger.error(
          'Telegram does not know this bot token any more; messages wait on disk; set TELEGRAM_BOT_TOKEN to the current one (@BotFather shows it) and start again',
          { error: failure.message },
        )
      gate.tokenRefused()
      return true
    },
  }
}

function redirect(message: BotApiCall, newChatIds: ReadonlyMap<number, number>): BotApiCall {
  const newChatId = newChatIds.get(message.payload.chat_id)
  if (newChatId === undefined) return message
  return { ...message, payload: { ...message.payload, chat_id: newChatId } }
}

/** Each method takes a different payload; `planMessages` has built the right one. */
function callApi(api: TelegramApi, message: BotApiCall, signal: AbortSignal): Promise<SentMessage> {
  const { method, payload } = message
  const upload = uploadIn(payload)
  const answering =
    upload === undefined
      ? api.call(method, payload, signal)
      : callWithUpload(api, method, withUpload(payload, upload), signal)
  return answering.then((answer) => readSent(answer, message))
}

function uploadIn(payload: BotApiPayload): MediaField | undefined {
  for (const field of MEDIA_FIELDS) if (typeof payload[field] === 'object') return field
  return undefined
}

/** Files are uploaded by grammY. */
function callWithUpload(
  api: TelegramApi,
  method: BotApiCall['method'],
  payload: object,
  signal: AbortSignal,
): Promise<unknown> {
  const send = api.raw[method] as unknown as (payload: object, signal: unknown) => Promise<unknown>
  return send(payload, toGrammySignal(signal))
}

/** Each try needs a new upload object, because grammY reads one only once. */
function withUpload(payload: BotApiPayload, field: MediaField): object {
  const file = payload[field]
  return typeof file === 'object'
    ? { ...payload, [field]: new InputFile(file.bytes, file.fileName) }
    : payload
}

function isUnchanged({ errorCode, description = '' }: TelegramError): boolean {
  return errorCode === 400 && /message is not modified/i.test(description)
}

/**
 * An edit may return just `true`. After a migration, the chat id in the returned message is the
 * right one.
 */
function readSent(answer: unknown, { method, payload }: BotApiCall): SentMessage {
  const known = { id: payload.message_id ?? 0, chatId: payload.chat_id }
  if (typeof answer !== 'object' || answer === null || !('message_id' in answer)) {
    if (method.startsWith('edit')) return known
    throw new TelegramError(`Telegram answered ${method} without a message`, {
      method,
      failure: 'unreachable',
      isAmbiguous: true,
    })
  }
  const chat: unknown = 'chat' in answer ? answer.chat : undefined
  const chatId = typeof chat === 'object' && chat !== null && 'id' in chat ? Number(chat.id) : known.chatId
  return { id: Number(answer.message_id), chatId }
}
