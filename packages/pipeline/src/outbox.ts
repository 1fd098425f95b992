import { DeliveryError, errorMessage, isPluggramError } from '@pluggram/sdk'
import type { Logger, SentMessage } from '@pluggram/sdk'
import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { MessageStore, Messenger, OutboxRow } from '@pluggram/sdk/runtime'
import { Lanes } from './lanes.ts'
import { endsWithin } from './ends-within.ts'
import { SlowStart } from './slow-start.ts'
import { SparingMap } from './sparing-map.ts'
import { wait } from './wait.ts'

export interface OutboxOptions {
  readonly store: MessageStore
  readonly messenger: Messenger
  readonly logger: Logger
  /** Pauses between the tries of a part that Telegram does not take now, in milliseconds. */
  readonly retryDelays?: readonly number[]
  /** How long a part is tried, in milliseconds. Default a day. */
  readonly timeToLive?: number
}

interface Waiting {
  readonly entry: OutboxRow
  /** Monotonic: a clock that is set must not give up what could still be sent. */
  readonly since: number
  settle: (sent: SentMessage) => void
  fail: (error: unknown) => void
}

interface ChatQueue {
  readonly parts: Waiting[]
  isSending: boolean
}

/** However long Telegram was away, what waited goes out within seconds when it is back. */
const DEFAULT_RETRY_DELAYS = [1_000, 2_000, 5_000]
/** Enough to keep the pace of 30 a second while some wait for their chats' own pace. */
const BROADCASTS_AT_ONCE = 64
const DEFAULT_TIME_TO_LIVE = 24 * 60 * 60 * 1_000

/**
 * Sends what is in the outbox: the parts of a chat one after another, chats side by side.
 *
 *   waiting ──▶ (markSending, at-most-once) ──▶ deliver ──▶ markSent, then the chat's next part
 *                                                  ├─ later: pause, the same part again until its time is over
 *                                                  └─ never: markFailed, then the next part
 *
 * A part is marked as sent on disk before the next one of its chat goes out: after `kill -9` at most the
 * one part that was in flight is sent twice.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #chats = new SparingMap<number, ChatQueue>(({ isSending }) => !isSending)
  readonly #stopping = new AbortController()
  readonly #slowStart = new SlowStart()
  /** One lane per chat as well, beside the answers': nothing waits behind a broadcast. */
  readonly #broadcasts = new Lanes({ concurrency: BROADCASTS_AT_ONCE, capacity: Infinity })
  readonly #broadcastsWaiting = new Set<Waiting>()
  /** What answers no update may be pushed twice: by its sender, and by the start after a crash. */
  readonly #posted = new Map<number, Promise<SentMessage>>()
  #idleWaiters: (() => void)[] = []
  #size = 0
  failed = 0
  ambiguous = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** The last run was cut short: begin with few sends at once. */
  startSlowly(): void {
    this.#slowStart.begin()
  }

  /** Parts that are not sent yet. */
  get size(): number {
    return this.#size + this.#broadcasts.size
  }

  /** How many parts of one chat wait. */
  waitingIn(chatId: number): number {
    return this.#chats.get(chatId)?.parts.length ?? 0
  }

  /** Sends a part that is on disk; resolves with the message, rejects when it is given up. */
  push(entry: OutboxRow): Promise<SentMessage> {
    if (entry.updateId !== POSTED_UPDATE_ID) return this.#enqueue(entry)
    const known = this.#posted.get(entry.id)
    if (known) return known
    const sending = this.#enqueue(entry).finally(() => this.#posted.delete(entry.id))
    this.#posted.set(entry.id, sending)
    return sending
  }

  /** Broadcasts rest from here on; those that are not sent stay on disk for the next start. */
  async holdBroadcasts(milliseconds: number): Promise<void> {
    this.#broadcasts.clear()
    for (const waiting of this.#broadcastsWaiting) waiting.fail(new HeldBack())
    this.#broadcastsWaiting.clear()
    await endsWithin(this.#broadcasts.whenIdle(), milliseconds)
  }

  #enqueue(entry: OutboxRow): Promise<SentMessage> {
    return new Promise((settle, fail) => {
      const waiting: Waiting = { entry, since: performance.now(), settle, fail }
      if (entry.isBroadcast === true) {
        this.#broadcastsWaiting.add(waiting)
        this.#broadcasts.push(entry.chatId, () => {
          this.#broadcastsWaiting.delete(waiting)
          return this.#sendOne(waiting)
        })
        return
      }
      this.#size += 1
      const queue = this.#chats.get(entry.chatId) ?? this.#open(entry.chatId)
      if (queue.isSending) this.#coalesce(queue, waiting)
      queue.parts.push(waiting)
      if (!queue.isSending) void this.#send(queue)
    })
  }

  #open(chatId: number): ChatQueue {
    const queue: ChatQueue = { parts: [], isSending: false }
    this.#chats.set(chatId, queue)
    return queue
  }

  /** Of several edits of one message that wait, only the newest is sent; the others share its fate. */
  #coalesce(queue: ChatQueue, newer: Waiting): void {
    const { messenger, store } = this.#options
    // the first may be on its way already
    const index = queue.parts.findIndex(
      (item, at) => at > 0 && messenger.supersedes?.(newer.entry, item.entry),
    )
    if (index === -1) return
    const [older] = queue.parts.splice(index, 1)
    if (!older) return
    this.#size -= 1
    const { settle, fail } = newer
    newer.settle = (sent) => {
      settle(sent)
      void this.#write(() => store.markSent(older.entry.id, sent.id)).catch(() => {})
      older.settle(sent)
    }
    newer.fail = (reason) => {
      fail(reason)
      if (!this.#stopping.signal.aborted)
        void this.#write(() => store.markFailed(older.entry.id, errorMessage(reason))).catch(() => {})
      older.fail(reason)
    }
  }

  /** Resolves when nothing waits but broadcasts. */
  async whenIdle(): Promise<void> {
    while (this.#size > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Ends sending; what is not sent stays on disk. */
  stop(): void {
    this.#slowStart.end()
    this.#stopping.abort(new Error('The assistant stops.'))
  }

  async #send(queue: ChatQueue): Promise<void> {
    queue.isSending = true
    for (let next = queue.parts[0]; next; next = queue.parts[0]) {
      const waiting = this.#slowStart.enter()
      if (waiting) await waiting
      await this.#sendOne(next)
      this.#slowStart.leave()
      queue.parts.shift()
      this.#size -= 1
    }
    queue.isSending = false
    if (this.#size === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  async #sendOne(waiting: Waiting): Promise<void> {
    const { entry } = waiting
    const { store } = this.#options
    try {
      if (entry.policy === 'at-most-once') {
        if (entry.isAmbiguous) throw new LostAnswer()
        await this.#write(() => store.markSending(entry.id))
      }
      const sent = await this.#deliver(waiting)
      await this.#write(() => store.markSent(entry.id, sent.id))
      waiting.settle(sent)
    } catch (error) {
      // what a stop cut short is sent by the next start
      if (!this.#stopping.signal.aborted) await this.#giveUp(entry, error)
      else if (entry.policy === 'at-most-once' && !isAmbiguous(error))
        await store.markUnsent(entry.id).catch(() => {})
      waiting.fail(error)
    }
  }

  async #deliver({ entry, since }: Waiting): Promise<SentMessage> {
    const {
      messenger,
      logger,
      retryDelays = DEFAULT_RETRY_DELAYS,
      timeToLive = DEFAULT_TIME_TO_LIVE,
    } = this.#options
    const { signal } = this.#stopping
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await messenger.deliver(entry, signal)
      } catch (error) {
        const isOver = performance.now() - since > timeToLive
        if (signal.aborted || isOver || !isPluggramError(error) || !error.isRetryable) throw error
        if (attempt === 0)
          logger.warn('a message cannot be sent now; it is tried again', {
            chat: entry.chatId,
            error: error.message,
          })
        await wait(retryDelays[Math.min(attempt, retryDelays.length - 1)] ?? 0, signal)
      }
    }
  }

  async #giveUp(entry: OutboxRow, error: unknown): Promise<void> {
    const { store, logger } = this.#options
    if (error instanceof LostAnswer || isAmbiguous(error)) this.ambiguous += 1
    else this.failed += 1
    const isBlocked = isPluggramError(error) && error.code === 'delivery-blocked'
    logger[isBlocked ? 'info' : 'error']('a message was not delivered', {
      chat: entry.chatId,
      update: entry.updateId,
      error: errorMessage(error),
    })
    await this.#write(() => store.markFailed(entry.id, errorMessage(error)))
  }

  /** A full disk must not lose a note about what was sent: it is written when there is space again. */
  #write(job: () => Promise<void>): Promise<void> {
    return persist(job, this.#options.logger, this.#stopping.signal)
  }
}

/** Writes until it succeeds or the assistant stops. */
export function persist<T>(job: () => Promise<T>, logger: Logger, signal: AbortSignal): Promise<T> {
  return job().catch(async (failure: unknown) => {
    logger.error('the disk does not take what must be kept; trying until it does', {
      error: errorMessage(failure),
    })
    for (let error = failure; ;) {
      if (signal.aborted) throw error
      await wait(1_000, signal)
      try {
        return await job()
      } catch (again) {
        error = again
      }
    }
  })
}

/** Whether Telegram may have taken the message although the call failed. */
function isAmbiguous(error: unknown): boolean {
  return error instanceof DeliveryError && error.isAmbiguous
}

/** The program ended while an at-most-once part was being sent. */
class LostAnswer extends Error {
  constructor() {
    super('The assistant was ended while this was being sent; by its policy it is not sent again.')
  }
}

/** The assistant stops before a broadcast's turn came. */
class HeldBack extends DeliveryError {
  constructor() {
    super('delivery-failed', 'The assistant stops; this message is kept and sent by its next start.')
  }
}
