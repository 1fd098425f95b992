import { randomInt } from 'node:crypto'
import { DeliveryError, isPluggramError } from '@pluggram/sdk'
import type { Chat, Logger, SentMessage } from '@pluggram/sdk'
import type { Messenger, MessengerReply } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import type { ReactionTypeEmoji } from 'grammy/types'
import { toGrammySignal } from './api.ts'
import type { BackoffOptions } from './backoff.ts'
import { callPersistently } from './call-persistently.ts'
import { createChatLanes } from './chat-lanes.ts'
import { downloadFile } from './download.ts'
import { createDraftPreview } from './draft-preview.ts'
import { cancelledError, TelegramError } from './errors.ts'
import { createFloodHolds, messageKey, typingKey } from './flood-holds.ts'
import { appendPlain } from './formatted-text.ts'
import type { OutgoingMessage } from './plan-messages.ts'
import { planMessages } from './plan-messages.ts'
import { isBlank, renderText } from './render-text.ts'
import { createMessageSender } from './send-message.ts'
import { readTextStream } from './text-stream.ts'
import type { StreamedText } from './text-stream.ts'

export interface MessengerOptions {
  readonly api: Api
  readonly logger: Logger
  /** `auto` shows text that is being written as a preview in private chats. Default `auto`. */
  readonly streaming?: 'auto' | 'off'
  /** Delays after failures of the network or of Telegram. Default 0.5 s up to 8 s. */
  readonly backoff?: BackoffOptions
  /** How often a call is made at most, not counting 429s. Default 5. */
  readonly tries?: number
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number
}

/** How long the start of an answer may take to be sent after its signal was aborted. */
const LAST_WORDS_MILLISECONDS = 10_000
/** For calls that no caller limits. */
const SHORT_CALL_MILLISECONDS = 10_000
/** Bot API: answerCallbackQuery, text 0-200 characters. */
const CALLBACK_TEXT_LIMIT = 200

/** Creates the way out to Telegram. */
export function createMessenger(options: MessengerOptions): Messenger {
  const { api, logger, streaming = 'auto', now = () => performance.now() } = options
  const holds = createFloodHolds(now)
  const lanes = createChatLanes()
  const persistence = { holds, backoff: options.backoff, tries: options.tries }
  const sendMessage = createMessageSender({ api, logger, ...persistence })

  async function send(
    chat: Chat,
    reply: MessengerReply,
    signal: AbortSignal,
  ): Promise<readonly SentMessage[]> {
    const { text: source, failure } = await readText(chat, reply, signal)
    if (!failure) return await deliver(chat, reply, source, signal)
    if (!isBlank(source)) {
      const note = `\n\n[The answer ends here: ${reasonOf(failure.error, signal)}]`
      const lastWords = signal.aborted ? AbortSignal.timeout(LAST_WORDS_MILLISECONDS) : signal
      await deliver(chat, reply, source, lastWords, note).catch((error: unknown) =>
        logger.warn('The start of an answer that broke off could not be sent', { error }),
      )
    }
    throw failure.error
  }

  async function deliver(
    chat: Chat,
    reply: MessengerReply,
    source: string,
    signal: AbortSignal,
    note = '',
  ): Promise<readonly SentMessage[]> {
    const text = appendPlain(renderText(source, reply.format), note)
    const isOnlyReaction = reply.reaction !== undefined && !hasContent(reply, source)
    const messages = isOnlyReaction ? [] : planMessages(chat, reply, text)
    const inTurn = async (): Promise<readonly SentMessage[]> => {
      await reactIfAsked(chat, reply, isOnlyReaction, signal)
      return await sendAll(messages, signal)
    }
    try {
      return await lanes.run(chat.id, inTurn, signal)
    } catch (error) {
      if (error instanceof DeliveryError || !signal.aborted) throw error
      throw cancelledError('sendMessage')
    }
  }

  async function sendAll(
    messages: readonly OutgoingMessage[],
    signal: AbortSignal,
  ): Promise<readonly SentMessage[]> {
    const sent: SentMessage[] = []
    for (const message of messages) sent.push(await sendMessage(message, signal))
    return sent
  }

  async function reactIfAsked(
    chat: Chat,
    { reaction, replyToMessageId }: MessengerReply,
    isAll: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (reaction === undefined || replyToMessageId === undefined) return
    try {
      await setReaction(chat, replyToMessageId, reaction, signal)
    } catch (error) {
      if (isAll || signal.aborted) throw error
      logger.warn('A reaction was refused; the rest of the reply is sent', { error })
    }
  }

  async function readText(chat: Chat, reply: MessengerReply, signal: AbortSignal): Promise<StreamedText> {
    const { text = '', format, media, editMessageId } = reply
    if (typeof text === 'string') return { text }
    if (typeof text !== 'object' || text === null || !(Symbol.asyncIterator in text)) {
      throw new DeliveryError(
        'reply-invalid',
        `A reply's text must be a string or a text stream, not ${typeof text}`,
      )
    }
    const isPreviewed =
      streaming === 'auto' && chat.type === 'private' && media === undefined && editMessageId === undefined
    if (!isPreviewed) return await readTextStream(text, signal, () => undefined)
    const draftId = randomInt(1, 2 ** 31)
    const preview = createDraftPreview({ api, chat, format, draftId, holds, logger, now })
    const streamed = await readTextStream(text, signal, preview.update)
    await preview.stop()
    return streamed
  }

  async function setReaction(
    chat: Chat,
    messageId: number,
    emoji: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    // Which emoji are allowed changes; Telegram says so when one is not.
    const reaction =
      emoji === null ? [] : [{ type: 'emoji', emoji: emoji as ReactionTypeEmoji['emoji'] } as const]
    const method = 'setMessageReaction'
    await callPersistently(
      () => api.raw[method]({ chat_id: chat.id, message_id: messageId, reaction }, toGrammySignal(signal)),
      { method, key: messageKey(chat.id), signal },
      persistence,
    )
  }

  async function showTyping(chat: Chat): Promise<void> {
    if (holds.remaining(typingKey(chat.id)) > 0 || holds.remaining(messageKey(chat.id)) > 0) return
    const thread = chat.topicId === undefined ? {} : { message_thread_id: chat.topicId }
    try {
      const signal = AbortSignal.timeout(SHORT_CALL_MILLISECONDS)
      await api.sendChatAction(chat.id, 'typing', thread, toGrammySignal(signal))
    } catch (error) {
      if (error instanceof TelegramError && error.retryAfterSeconds !== undefined) {
        holds.hold(typingKey(chat.id), error.retryAfterSeconds)
      }
      logger.debug('Telegram did not show "typing…"', { error })
    }
  }

  async function answerCallback(callbackId: string, text?: string): Promise<void> {
    const method = 'answerCallbackQuery'
    const signal = AbortSignal.timeout(SHORT_CALL_MILLISECONDS)
    const shown = text === undefined ? {} : { text: text.slice(0, CALLBACK_TEXT_LIMIT).toWellFormed() }
    try {
      await callPersistently(
        () => api.raw[method]({ callback_query_id: callbackId, ...shown }, toGrammySignal(signal)),
        { method, key: `callback:${callbackId}`, signal },
        persistence,
      )
    } catch (error) {
      logger.debug('A button press could not be answered', { error })
    }
  }

  return {
    send,
    showTyping,
    answerCallback,
    react: (chat, messageId, emoji) =>
      setReaction(chat, messageId, emoji, AbortSignal.timeout(3 * SHORT_CALL_MILLISECONDS)),
    download: (fileId, signal) => downloadFile(api, fileId, signal),
  }
}

function hasContent(reply: MessengerReply, source: string): boolean {
  return !isBlank(source) || Boolean(reply.media ?? reply.location ?? reply.buttons)
}

/** What the user reads: our own errors are written to be shown, others may hold anything. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped'
  return isPluggramError(error) ? error.message : 'something went wrong'
}
