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
import { fetchFileOnce } from './fetch-file.ts'
import type { FetchFile } from './fetch-file.ts'
import { createMender } from './mend-message.ts'
import type { Mender } from './mend-message.ts'
import type { SendFlow } from './send-flow.ts'
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
  readonly flow: SendFlow
  /** Called when a message is sent again although it may have arrived. */
  readonly onAmbiguous: () => void
  /** Called when a group became a supergroup with a new id. */
  readonly onChatMigrated?: ((from: number, to: number) => void) | undefined
  /** Fetches what Telegram could not fetch by its address. Default: nothing is fetched. */
  readonly fetchFile?: FetchFile | undefined
}

interface Sending {
  readonly rank: SendRank
  readonly policy: DeliveryPolicy
  readonly signal: AbortSignal
  readonly slot: CallSlot | undefined
  /** The plugin whose message it is. */
  readonly plugin: string | undefined
}

/**
 * Makes one call; resolves with the sent or edited message.
 * @param progress the same object for each try of this call in this run
 */
type CallSender = (call: BotApiCall, sending: Sending, progress: object) => Promise<SentMessage>

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
      return await sendCall(call, sending, call)
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
      last = await sendCall(call, sending, call)
      fallbacksSent.set(progress, (fallbacksSent.get(progress) ?? 0) + 1)
    }
    if (!last) throw new TypeError('a rich message needs a text to fall back to')
    return last
  }

  return (message, signal, slot) => {
    const call = toCall(message)
    const { policy, plugin, content } = message
    const sending: Sending = { rank: rankOf(message, call), policy, signal, slot, plugin }
    if (!call.fallback) return sendCall(call, sending, content as object)
    return sendRich(call, call.fallback, sending, content as object)
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
  const { api, logger, gate, blocked, flow, onAmbiguous, onChatMigrated } = options
  // Groups that became supergroups during this run, so that messages to the old id still arrive.
  const newChatIds = new Map<number, number>()
  // The rest of messages that became several, for the next try.
  const unfinished = new WeakMap<object, readonly BotApiCall[]>()
  const token = createTokenCheck(options)

  function noteMigration(from: number, to: number): void {
    if (newChatIds.get(from) === to) return
    newChatIds.set(from, to)
    logger.info('a group became a supergroup; messages follow it', { from, to })
    onChatMigrated?.(from, to)
  }

  async function sendOnce(message: BotApiCall, sending: Sending): Promise<SentMessage> {
    const { rank, policy, signal, slot } = sending
    const { method, payload } = message
    const chatId = payload.chat_id
    blocked.check(chatId)
    const sendGate: CallGate = {
      ...gateOf(gate, { chatId, rank, kind: 'message' }),
      isTokenRefusal: (failure) => token.isRefused(failure, signal),
    }
    return callPersistently(
      () => flow.watch(callApi(api, message, signal), uploadIn(payload) !== undefined),
      { method, gate: sendGate, signal, policy, slot, onAmbiguous },
      options,
    )
  }

  /** What to send instead of a refused message, or nothing when Telegram has it already. */
  async function instead(message: BotApiCall, error: unknown, mend: Mender): Promise<readonly BotApiCall[]> {
    if (!(error instanceof TelegramError)) throw error
    const { chat_id: chatId } = message.payload
    const { refusal, migrateToChatId } = error
    if (refusal?.meaning === 'done') return []
    if (migrateToChatId !== undefined) noteMigration(chatId, migrateToChatId)
    const others = await mend(error, message)
    if (others) return others
    if (refusal?.meaning === 'gone') blocked.mark(chatId)
    throw error
  }

  return async (planned, sending, progress) => {
    const fetchFile = fetchFileOnce(options.fetchFile, sending, logger)
    let mend: Mender | undefined
    const waiting = unfinished.get(progress)?.slice() ?? [redirect(planned, newChatIds)]
    let sent: SentMessage | undefined
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      const { message_id: id = 0, chat_id: chatId } = message.payload
      try {
        sent = await sendOnce(message, sending)
        if (waiting.length > 0) unfinished.set(progress, [...waiting])
      } catch (error) {
        mend ??= createMender({ logger, fetchFile })
        waiting.unshift(...(await instead(message, error, mend)))
        sent ??= { id, chatId }
      }
    }
    if (!sent) throw new TypeError('a message needs at least one call')
    return sent
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
          'Telegram does not know this bot token any more; messages wait on disk; set TELEGRAM_BOT_TOKEN to the current one (@BotFather shows it)',
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
