import { wait } from '@pluggram/base'
import type { Chat, Logger } from '@pluggram/sdk'
import type { ChatActions } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import type { ReactionTypeEmoji } from 'grammy/types'
import { toGrammySignal } from '../api/api.ts'
import type { BlockedChats, SendGate } from './send-gate.ts'
import { callPersistently, gateOf } from './call-persistently.ts'
import type { CallGate, Persistence } from './call-persistently.ts'
import { TelegramError } from '../api/errors.ts'

export interface ChatSignalsOptions extends Persistence {
  readonly api: Api
  readonly logger: Logger
  readonly gate: SendGate
  readonly blocked: BlockedChats
}

/** For calls without a deadline of their own. */
const SHORT_CALL_MILLISECONDS = 10_000
/** Bot API: answerCallbackQuery, text 0-200 characters. */
const CALLBACK_TEXT_LIMIT = 200

/** Signals to a chat other than messages: "typing…", reactions, the end of a button's spinner. */
export function createChatSignals(
  options: ChatSignalsOptions,
): Pick<ChatActions, 'showTyping' | 'react' | 'deleteMessage' | 'answerCallback'> {
  const { api, logger, gate, blocked } = options
  const callbackGate: CallGate = {
    async pass(signal) {
      for (let left = gate.heldOverall(); left > 0; left = gate.heldOverall()) await wait(left, signal)
    },
    // Answers to button presses count toward no chat's limit.
    refused: (seconds) => gate.refused(undefined, seconds),
  }

  async function showTyping(chat: Chat): Promise<boolean> {
    const target = { chatId: chat.id, kind: 'typing' } as const
    // a message from the chat removes the mark, so it was set since then
    if (blocked.isBlocked(chat.id)) return false
    if (gate.held(target) > 0) return true
    const thread = chat.topicId === undefined ? {} : { message_thread_id: chat.topicId }
    try {
      const signal = AbortSignal.timeout(SHORT_CALL_MILLISECONDS)
      await api.sendChatAction(chat.id, 'typing', thread, toGrammySignal(signal))
    } catch (error) {
      if (error instanceof TelegramError && error.retryAfterSeconds !== undefined) {
        gate.refused(target, error.retryAfterSeconds)
      }
      logger.debug('could not show "typing…"', { err: error })
      if (!(error instanceof TelegramError) || error.refusal?.meaning !== 'gone') return true
      blocked.mark(chat.id)
      return false
    }
    return true
  }

  async function react(chat: Chat, messageId: number, emoji: string | null): Promise<void> {
    const signal = AbortSignal.timeout(3 * SHORT_CALL_MILLISECONDS)
    // The set of allowed emoji changes, so Telegram checks it.
    const reaction =
      emoji === null ? [] : [{ type: 'emoji', emoji: emoji as ReactionTypeEmoji['emoji'] } as const]
    const method = 'setMessageReaction'
    await callPersistently(
      () => api.raw[method]({ chat_id: chat.id, message_id: messageId, reaction }, toGrammySignal(signal)),
      { method, gate: gateOf(gate, { chatId: chat.id, rank: 'answer', kind: 'message' }), signal },
      options,
    )
  }

  async function deleteMessage(chat: Chat, messageId: number): Promise<void> {
    const method = 'deleteMessage'
    const signal = AbortSignal.timeout(3 * SHORT_CALL_MILLISECONDS)
    try {
      await callPersistently(
        () => api.raw[method]({ chat_id: chat.id, message_id: messageId }, toGrammySignal(signal)),
        { method, gate: gateOf(gate, { chatId: chat.id, rank: 'answer', kind: 'message' }), signal },
        options,
      )
    } catch (error) {
      logger.debug('could not delete a message', { err: error })
    }
  }

  async function answerCallback(callbackId: string, text?: string): Promise<void> {
    const method = 'answerCallbackQuery'
    const signal = AbortSignal.timeout(SHORT_CALL_MILLISECONDS)
    const shown = text === undefined ? {} : { text: text.slice(0, CALLBACK_TEXT_LIMIT).toWellFormed() }
    try {
      await callPersistently(
        () => api.raw[method]({ callback_query_id: callbackId, ...shown }, toGrammySignal(signal)),
        { method, gate: callbackGate, signal },
        options,
      )
    } catch (error) {
      logger.debug('could not answer a button press', { err: error })
    }
  }

  return { showTyping, react, deleteMessage, answerCallback }
}
