import type { Logger } from '@pluggram/sdk'
import type { BotApiCaller, ChatActions, MessageTransport } from '@pluggram/sdk/runtime'
import type { TelegramApi } from '../api/api.ts'
import { createBlockedChats, createSendGate } from './send-gate.ts'
import { createMethodCaller } from './call-method.ts'
import type { Persistence } from './call-persistently.ts'
import { createChatSignals } from './chat-signals.ts'
import { downloadFile } from '../api/download.ts'
import { createDraftWriter } from './draft-writer.ts'
import type { FetchFile } from './fetch-file.ts'
import { LiveDrafts } from './live-drafts.ts'
import { NO_MASK } from './mask-secrets.ts'
import type { ChatMask } from './mask-secrets.ts'
import { SendFlow } from './send-flow.ts'
import type { SendFlowStatus } from './send-flow.ts'
import { createMessageSender, supersedes } from './send-message.ts'
import type { RichMessages } from '../text/rich-messages.ts'
import { createStandings } from './standings.ts'
import { DEFAULT_SEND_LIMITS } from './send-pace.ts'
import type { SendLimits } from './send-pace.ts'

export interface TelegramBotOptions extends Persistence {
  readonly api: TelegramApi
  readonly logger: Logger
  /** Decides which texts become rich messages. Must be the object that `createFormat` has. */
  readonly rich: RichMessages
  /**
   * Hides secrets in text while it is written; `createFormat` hides them in messages, and the API in
   * everything that is sent. Default: hides nothing.
   */
  readonly mask?: ChatMask
  /**
   * Where text is previewed while it is written: `auto` in every chat, `private` in private chats
   * only. Default `auto`.
   */
  readonly streaming?: 'auto' | 'private' | 'off'
  /**
   * The rate limits for previews, and for chats after a 429. Default 30 a second, 1 a second per
   * chat, 20 a minute per group.
   */
  readonly limits?: SendLimits
  /** Called when a group became a supergroup with a new id. */
  readonly onChatMigrated?: (from: number, to: number) => void
  /** Fetches what Telegram could not fetch by its address. Default: nothing is fetched. */
  readonly fetchFile?: FetchFile
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number
}

/** Sends everything that goes to Telegram under one token, within Telegram's limits. */
export interface TelegramBot extends MessageTransport, ChatActions, BotApiCaller {
  /** Notes that somebody wrote in the chat, so the bot is no longer blocked there. */
  noteActivity(chatId: number): void
  /** A person stopped a text that is being written. */
  stopDraft(chatId: number, draftId: number): void
  /** Notes that the bot was removed from a chat or blocked there, or let in again. */
  noteMembership(chatId: number, isIn: boolean): void
  /** The bot has another token: messages that wait because the old one was refused go at once. */
  tokenRenewed(): void
  stats(): TelegramBotStats
  flow(): SendFlowStatus
  /** What waits, because Telegram asked to slow down or to keep the limits. */
  held(): HeldSends
}

export interface TelegramBotStats {
  /** Messages sent again because an earlier answer was lost; each may appear twice in its chat. */
  readonly repeatedSends: number
  /** How often Telegram answered 429. */
  readonly floodWaits: number
  /** True while Telegram does not know the bot's token; messages wait. */
  readonly isTokenRefused: boolean
  /** Chats that get no messages because they blocked the bot. */
  readonly blockedChats: number
}

/** Sends that wait for Telegram's limits. */
export interface HeldSends {
  readonly count: number
  /** How long the whole bot is held, in milliseconds; 0 when it is not. */
  readonly wholeBotMs: number
}

export function createTelegramBot(given: TelegramBotOptions): TelegramBot {
  const { api, logger, mask = NO_MASK, now = performance.now.bind(performance) } = given
  const limits = given.limits ?? DEFAULT_SEND_LIMITS
  const gate = createSendGate({ limits, now })
  const blocked = createBlockedChats(now)
  const flow = new SendFlow(now)
  const options = { ...given, mask, now, limits, gate, blocked, flow, streaming: given.streaming ?? 'auto' }
  const signals = createChatSignals(options)
  const caller = createMethodCaller(options)
  const drafts = new LiveDrafts()
  const { forgetStandings, ...standings } = createStandings(options)
  let repeatedSends = 0

  function noteRepeat(): void {
    repeatedSends += 1
    logger.warn('the answer to a send was lost; sending again, the message may appear in its chat twice')
  }

  return {
    send: createMessageSender({ ...options, onAmbiguous: noteRepeat }),
    supersedes,
    writeDraft: createDraftWriter({ ...options, drafts }),
    ...signals,
    ...standings,
    call: (...call) => caller.call(...call),
    download: (fileId, signal) => downloadFile(api, fileId, signal),
    noteActivity: blocked.clear,
    stopDraft: (chatId, draftId) => drafts.stop(chatId, draftId),
    noteMembership(chatId, isIn) {
      if (isIn) blocked.clear(chatId)
      else blocked.mark(chatId)
      forgetStandings(chatId)
    },
    tokenRenewed: () => gate.tokenRenewed(),
    flow: () => flow.status(),
    held: () => ({ count: gate.waiting, wholeBotMs: gate.heldOverall() }),
    stats: () => ({
      isTokenRefused: gate.isTokenRefused,
      repeatedSends,
      floodWaits: gate.refusals,
      blockedChats: blocked.size,
    }),
  }
}
