/** Telegram's limits, as its FAQ states them. */
export interface SendLimits {
  readonly overallPerSecond: number
  readonly chatPerSecond: number
  readonly groupPerMinute: number
}

export const DEFAULT_SEND_LIMITS: SendLimits = { overallPerSecond: 30, chatPerSecond: 1, groupPerMinute: 20 }

/** Measures and limits the rate of messages. */
export interface SendPace {
  /**
   * Milliseconds until a message to this chat is within the pace.
   * @param since when an answer began to wait; absent for messages that are always paced
   */
  delay(chatId: number, since: number | undefined): number
  /** Notes that a message is being sent. */
  count(chatId: number): void
  /** Notes that Telegram accepted a message. */
  succeed(chatId: number): void
  /** Notes a 429: from now on messages to this chat (`undefined`: every chat) are limited. */
  learn(chatId: number | undefined, holdSeconds: number): void
}

/** How long a chat stays limited after its last 429 has ended. */
const LEARNED_MILLISECONDS = 60_000
/** The largest and smallest factors for the time windows. */
const SLOWEST = 8
const FASTEST = 1 / 4
/**
 * After this many messages without a 429 the pace doubles, unless the faster pace caused a 429
 * before.
 */
const TRUST_AFTER = 5
/**
 * The pace of answers is averaged over this span, so that the parts of one answer can go out
 * together.
 */
const BURST_SECONDS = 5
/**
 * The pace of its chat delays no answer longer than this, counted from its chat's hold and from the
 * answer before it. One message every three seconds is also Telegram's strictest limit, that of
 * groups.
 */
const LONGEST_MILLISECONDS = 3_000
const MINUTE = 60_000
const PRUNE_SIZE = 5000

/**
 * The pace that Telegram currently accepts. It starts at the limits and grows with the messages
 * that pass. A 429 after some messages shows that the pace was too fast; it is not tried again.
 */
class LearnedPace {
  stretch = 1
  until = 0
  heldUntil = 0
  #fastest = FASTEST
  #passed = 0

  pass(): void {
    this.#passed += 1
    if (this.#passed % TRUST_AFTER === 0) this.stretch = Math.max(this.stretch / 2, this.#fastest)
  }

  refuse(time: number, holdSeconds: number): void {
    // When no message has passed since the last 429, another one says nothing about the pace.
    if (this.#passed > 0) {
      this.#fastest = Math.min(this.stretch * 2, SLOWEST)
      this.stretch = Math.max(this.#fastest, 1)
    }
    this.#passed = 0
    this.heldUntil = time + holdSeconds * 1000
    this.until = this.heldUntil + LEARNED_MILLISECONDS
  }
}

interface ChatPace {
  readonly short: SlidingWindow
  readonly burst: SlidingWindow
  readonly minute: SlidingWindow | undefined
  learned: LearnedPace | undefined
}

function refused(learned: LearnedPace | undefined, time: number, holdSeconds: number): LearnedPace {
  const pace = learned && learned.until > time ? learned : new LearnedPace()
  pace.refuse(time, holdSeconds)
  return pace
}

function longestDelay({ burst, learned }: ChatPace, since: number, time: number): number {
  const from = Math.max(since, burst.latest, learned?.heldUntil ?? 0)
  return Math.max(0, from + LONGEST_MILLISECONDS - time)
}

/** `undefined` when no limit applies. Messages that are always paced never exceed the limits. */
function stretchFor(
  learned: LearnedPace | undefined,
  time: number,
  isAlwaysPaced: boolean,
): number | undefined {
  const stretch = learned && learned.until > time ? learned.stretch : undefined
  return isAlwaysPaced ? Math.max(stretch ?? 1, 1) : stretch
}

/**
 * Counts every message, but delays only previews, broadcasts and chats that got a 429. Telegram
 * allows short bursts, so answers to people are not slowed as a precaution.
 *
 * @param now monotonic milliseconds
 */
export function createSendPace(limits: SendLimits, now: () => number): SendPace {
  const shortLimit = windowOf(limits.chatPerSecond, 1)
  const burstLimit = windowOf(limits.chatPerSecond * BURST_SECONDS, BURST_SECONDS)
  const minuteLimit: WindowLimit = windowOf(limits.groupPerMinute, 60)
  const overall = new SlidingWindow(windowOf(limits.overallPerSecond, 1))
  const chats = new Map<number, ChatPace>()
  let learnedOverall: LearnedPace | undefined
  let pruneAt = PRUNE_SIZE

  function paceOf(chatId: number): ChatPace {
    const known = chats.get(chatId)
    if (known) return known
    if (chats.size >= pruneAt) prune()
    // Ids of groups, supergroups and channels are negative (Bot API: Chat).
    const minute = chatId < 0 ? new SlidingWindow(minuteLimit) : undefined
    const pace: ChatPace = {
      short: new SlidingWindow(shortLimit),
      burst: new SlidingWindow(burstLimit),
      minute,
      learned: undefined,
    }
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

  return {
    delay(chatId, since): number {
      const time = now()
      const isAlwaysPaced = since === undefined
      const chat = chats.get(chatId)
      const inChat = stretchFor(chat?.learned, time, isAlwaysPaced)
      const everywhere = stretchFor(learnedOverall, time, isAlwaysPaced)
      let delay = 0
      if (chat && inChat !== undefined) {
        const seconds = isAlwaysPaced ? chat.short : chat.burst
        delay = Math.max(seconds.delay(time, inChat), chat.minute?.delay(time, inChat) ?? 0)
        if (!isAlwaysPaced) delay = Math.min(delay, longestDelay(chat, since, time))
      }
      if (everywhere !== undefined) delay = Math.max(delay, overall.delay(time, everywhere))
      return delay
    },
    count(chatId): void {
      const time = now()
      const { short, burst, minute } = paceOf(chatId)
      short.add(time)
      burst.add(time)
      minute?.add(time)
      overall.add(time)
    },
    succeed(chatId): void {
      chats.get(chatId)?.learned?.pass()
      learnedOverall?.pass()
    },
    learn(chatId, holdSeconds): void {
      if (chatId === undefined) learnedOverall = refused(learnedOverall, now(), holdSeconds)
      else {
        const pace = paceOf(chatId)
        pace.learned = refused(pace.learned, now(), holdSeconds)
      }
    },
  }
}

/** At most `count` events in any span of `milliseconds`. */
interface WindowLimit {
  readonly count: number
  readonly milliseconds: number
}

/** The limit for `events` in `seconds`. Fewer than one becomes one event in a longer span. */
function windowOf(events: number, seconds: number): WindowLimit {
  const count = Math.max(1, Math.floor(events))
  return { count, milliseconds: (1000 * seconds * count) / events }
}

/**
 * Records the times of the latest events, and computes how long the next has to wait. It keeps
 * times and not a count per period, since Telegram's limits hold for any minute, not for fixed
 * ones.
 */
class SlidingWindow {
  readonly #limit: WindowLimit
  /** A ring buffer: when it is full, the next time overwrites the oldest. */
  readonly #times: number[] = []
  #next = 0

  constructor(limit: WindowLimit) {
    this.#limit = limit
  }

  /** Milliseconds until there is room. `stretch` multiplies the span. */
  delay(now: number, stretch = 1): number {
    const { count, milliseconds } = this.#limit
    const oldest = this.#times[this.#next]
    const isFull = this.#times.length === count && oldest !== undefined
    return isFull ? Math.max(0, oldest + milliseconds * stretch - now) : 0
  }

  add(now: number): void {
    this.#times[this.#next] = now
    this.#next = (this.#next + 1) % this.#limit.count
  }

  /** When something happened last. */
  get latest(): number {
    return this.#times.at(this.#next - 1) ?? -Infinity
  }

  /** True when nothing happened for that long. */
  isIdle(now: number, milliseconds: number): boolean {
    return now - this.latest > milliseconds
  }
}
