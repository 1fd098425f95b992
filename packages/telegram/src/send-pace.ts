import { SlidingWindow, windowOf } from './sliding-window.ts'
import type { WindowLimit } from './sliding-window.ts'

/** What Telegram says of its limits (Bot API FAQ): about that much is taken for long. */
export interface SendLimits {
  readonly overallPerSecond: number
  readonly chatPerSecond: number
  readonly groupPerMinute: number
}

export const DEFAULT_SEND_LIMITS: SendLimits = { overallPerSecond: 30, chatPerSecond: 1, groupPerMinute: 20 }

/** How fast messages go, and how fast they may go. */
export interface SendPace {
  /** Milliseconds until a message to this chat keeps the pace. */
  delay(chatId: number, isAlwaysPaced: boolean): number
  /** Notes that one is sent. */
  count(chatId: number): void
  /** Notes that Telegram refused with a 429: from now on this chat (`undefined`: every chat) keeps the pace. */
  learn(chatId: number | undefined, holdSeconds: number): void
}

/** How long a chat keeps the pace after its last 429 is over. */
const LEARNED_MILLISECONDS = 60_000
/** Each further 429 while the pace is kept makes it half as fast, down to an eighth. */
const SLOWEST = 8
const MINUTE = 60_000
const PRUNE_SIZE = 5000

interface Learned {
  stretch: number
  until: number
}

interface ChatPace {
  readonly short: SlidingWindow
  readonly minute: SlidingWindow | undefined
  learned: Learned | undefined
}

/**
 * Keeps two things apart: what was sent is always counted, but only previews, broadcasts and chats that
 * met a 429 wait for room. Telegram lets short bursts pass, so an answer to a person is not slowed on suspicion.
 *
 * @param now monotonic milliseconds
 */
export function createSendPace(limits: SendLimits, now: () => number): SendPace {
  const shortLimit = windowOf(limits.chatPerSecond, 1)
  const minuteLimit: WindowLimit = windowOf(limits.groupPerMinute, 60)
  const overall = new SlidingWindow(windowOf(limits.overallPerSecond, 1))
  const chats = new Map<number, ChatPace>()
  let learnedOverall: Learned | undefined
  let pruneAt = PRUNE_SIZE

  function paceOf(chatId: number): ChatPace {
    const known = chats.get(chatId)
    if (known) return known
    if (chats.size >= pruneAt) prune()
    // Ids of groups, supergroups and channels are negative (Bot API: Chat).
    const minute = chatId < 0 ? new SlidingWindow(minuteLimit) : undefined
    const pace: ChatPace = { short: new SlidingWindow(shortLimit), minute, learned: undefined }
    chats.set(chatId, pace)
    return pace
  }

  function prune(): void {
    const time = now()
    for (const [chatId, { short, learned }] of chats) {
      if (short.isIdle(time, MINUTE * SLOWEST) && (learned?.until ?? 0) <= time) chats.delete(chatId)
    }
    pruneAt = Math.max(PRUNE_SIZE, chats.size * 2)
  }

  function renewed(learned: Learned | undefined, holdSeconds: number): Learned {
    const time = now()
    const isAgain = learned !== undefined && learned.until > time
    return {
      stretch: isAgain ? Math.min(learned.stretch * 2, SLOWEST) : 1,
      until: time + holdSeconds * 1000 + LEARNED_MILLISECONDS,
    }
  }

  function stretchOf(learned: Learned | undefined, time: number): number | undefined {
    return learned && learned.until > time ? learned.stretch : undefined
  }

  return {
    delay(chatId, isAlwaysPaced): number {
      const time = now()
      const chat = chats.get(chatId)
      const inChat = stretchOf(chat?.learned, time)
      const everywhere = stretchOf(learnedOverall, time)
      let delay = 0
      if (chat && (isAlwaysPaced || inChat !== undefined)) {
        delay = Math.max(chat.short.delay(time, inChat), chat.minute?.delay(time, inChat) ?? 0)
      }
      if (isAlwaysPaced || everywhere !== undefined) delay = Math.max(delay, overall.delay(time, everywhere))
      return delay
    },
    count(chatId): void {
      const time = now()
      const { short, minute } = paceOf(chatId)
      short.add(time)
      minute?.add(time)
      overall.add(time)
    },
    learn(chatId, holdSeconds): void {
      if (chatId === undefined) learnedOverall = renewed(learnedOverall, holdSeconds)
      else {
        const pace = paceOf(chatId)
        pace.learned = renewed(pace.learned, holdSeconds)
      }
    },
  }
}
