import { randomInt } from 'node:crypto'
import { DeliveryError, isPluggramError } from '@pluggram/sdk'
import type { Chat, Logger, Reply } from '@pluggram/sdk'
import type { Messenger, OutboxPart, SettledReply } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import type { ReactionTypeEmoji } from 'grammy/types'
import { toGrammySignal } from './api.ts'
import type { BackoffOptions } from './backoff.ts'
import { callPersistently } from './call-persistently.ts'
import { downloadFile } from './download.ts'
import { createDraftPreview } from './draft-preview.ts'
import { TelegramError } from './errors.ts'
import { createFloodHolds, messageKey, typingKey } from './flood-holds.ts'
import { appendPlain } from './formatted-text.ts'
import { toMessage, toPart } from './outbox-part.ts'
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

/** For calls that no caller limits. */
const SHORT_CALL_MILLISECONDS = 10_000
/** Bot API: answerCallbackQuery, text 0-200 characters. */
const CALLBACK_TEXT_LIMIT = 200

/** Creates the way out to Telegram. */
export function createMessenger(options: MessengerOptions): Messenger {
  const { api, logger, streaming = 'auto', now = () => performance.now() } = options
  const holds = createFloodHolds(now)
  const persistence = { holds, backoff: options.backoff, tries: options.tries }
  const sendMessage = createMessageSender({ api, logger, ...persistence })

  async function settle(chat: Chat, reply: Reply, signal: AbortSignal): Promise<SettledReply> {
    const { text, failure } = await readText(chat, reply, signal)
    if (!failure) return { reply: { ...reply, text } }
    const note = `[The answer ends here: ${reasonOf(failure.error, signal)}]`
    return isBlank(text) ? { reply: {}, failure } : { reply: { ...reply, text }, note, failure }
  }

  function plan(chat: Chat, { reply, note }: Pick<SettledReply, 'reply' | 'note'>): OutboxPart[] {
    const rendered = renderText(reply.text ?? '', reply.format)
    const text = note === undefined ? rendered : appendPlain(rendered, `\n\n${note}`)
    return planMessages(chat, reply, text).map((message) => toPart(message, reply.delivery))
  }

  async function readText(chat: Chat, reply: Reply, signal: AbortSignal): Promise<StreamedText> {
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
    settle,
    plan,
    deliver: (part, signal) => sendMessage(toMessage(part), signal),
    showTyping,
    answerCallback,
    react: (chat, messageId, emoji) =>
      setReaction(chat, messageId, emoji, AbortSignal.timeout(3 * SHORT_CALL_MILLISECONDS)),
    download: (fileId, signal) => downloadFile(api, fileId, signal),
  }
}

/** What the user reads: our own errors are written to be shown, others may hold anything. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped'
  return isPluggramError(error) ? error.message : 'something went wrong'
}
