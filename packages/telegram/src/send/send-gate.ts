import { wait } from '@pluggram/base'
import { DeliveryError } from '@pluggram/sdk'
import { BotHold } from './bot-hold.ts'
import { DEFAULT_SEND_LIMITS, createSendPace } from './send-pace.ts'
import type { SendLimits, SendPace } from './send-pace.ts'

/** Longer timers would overflow and fire at once. */
const LONGEST_TIMER = 2 ** 30

/** Which calls must wait until when (`retry_after` of a 429). */
export interface FloodHolds {
  hold(key: string, seconds: number): void
  /** False when nothing is held. */
  readonly isAny: boolean
  /** Milliseconds until `key` is free; 0 when it is. */
  remaining(key: string): number
  /** Resolves when `key` is free, never early; rejects when `signal` is aborted. */
  whenFree(key: string, signal: AbortSignal): Promise<void>
}

/** @param now monotonic milliseconds */
export function createFloodHolds(now: () => number): FloodHolds {
  const ends = new Map<string, number>()

  function remaining(key: string): number {
    const end = ends.get(key)
    if (end === undefined) return 0
    const left = end - now()
    if (left > 0) return left
    ends.delete(key)
    return 0
  }

  return {
    remaining,
    get isAny(): boolean {
      return ends.size > 0
    },
    hold(key, seconds): void {
      for (const other of ends.keys()) remaining(other)
      ends.set(key, Math.max(ends.get(key) ?? 0, now() + seconds * 1000))
    },
    async whenFree(key, signal): Promise<void> {
      // Timers may fire slightly early, and another call may have extended the hold.
      for (let left = remaining(key); left > 0; left = remaining(key)) {
        await wait(Math.min(Math.ceil(left), LONGEST_TIMER), signal)
      }
    },
  }
}

/** Chats that blocked or removed the bot. */
export interface BlockedChats {
  /** Telegram answered 403. */
  mark(chatId: number): void
  /** Somebody wrote in the chat, so the bot is no longer blocked. */
  clear(chatId: number): void
  isBlocked(chatId: number): boolean
  /** @throws DeliveryError `delivery-blocked` while the chat is marked */
  check(chatId: number): void
  readonly size: number
}

/** A person can unblock the bot without writing, so after this long a message is tried again. */
const MARKED_MILLISECONDS = 15 * 60_000
const MAX_MARKS = 10_000

/** @param now monotonic milliseconds */
export function createBlockedChats(now: () => number): BlockedChats {
  const ends = new Map<number, number>()

  function isBlocked(chatId: number): boolean {
    const end = ends.get(chatId)
    if (end === undefined) return false
    if (end > now()) return true
    ends.delete(chatId)
    return false
  }

  return {
    mark(chatId): void {
      ends.delete(chatId)
      ends.set(chatId, now() + MARKED_MILLISECONDS)
      // The oldest mark comes first.
      const [oldest] = ends.keys()
      if (ends.size > MAX_MARKS && oldest !== undefined) ends.delete(oldest)
    },
    clear: (chatId) => void ends.delete(chatId),
    isBlocked,
    check(chatId): void {
      if (!isBlocked(chatId)) return
      throw new DeliveryError(
        'delivery-blocked',
        'The bot was blocked in this chat or removed from it; it is tried again when somebody writes there, or later',
      )
    },
    get size(): number {
      return ends.size
    },
  }
}

/**
 * Priorities, highest first: an answer to a person, the end of a previewed answer, the first preview
 * of one, a further preview, and messages nobody waits for. Only the last two are always paced:
 * until the first preview, a person sees nothing.
 */
export type SendRank = 'answer' | 'final' | 'first-preview' | 'preview' | 'broadcast'

/** What a 429 holds: messages, or one kind of call that can be skipped. */
type SendKind = 'message' | 'draft' | 'typing'

export interface GatedCall {
  readonly chatId: number
  readonly rank: SendRank
  readonly kind: SendKind
}

/** Lets calls through when Telegram's limits allow. */
export interface SendGate {
  /**
   * Returns nothing when the call may be made at once; else a promise that resolves when it may,
   * and rejects when `signal` is aborted.
   */
  pass(call: GatedCall, signal: AbortSignal): Promise<void> | undefined
  /** Notes that Telegram accepted the call. */
  succeeded(call: Pick<GatedCall, 'chatId'>): void
  /** Notes that Telegram refused the call for itself, so it does not refuse the bot. */
  answered(call: Pick<GatedCall, 'chatId'>): void
  /** Notes that Telegram does not know the bot's token. */
  tokenRefused(): void
  /** Notes that the bot has another token. */
  tokenRenewed(): void
  readonly isTokenRefused: boolean
  /** Notes a 429, of a call to a chat or of one without. */
  refused(call: Pick<GatedCall, 'chatId' | 'kind'> | undefined, seconds: number): void
  /** Milliseconds until calls of the kind are allowed again in the chat; 0 when they are. */
  held(call: Pick<GatedCall, 'chatId' | 'kind'>): number
  /** The same for calls without a chat. */
  heldOverall(): number
  readonly refusals: number
  /** Calls that wait. */
  readonly waiting: number
}

export interface SendGateOptions {
  readonly limits?: SendLimits | undefined
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Holds calls that belong to no chat. */
const NO_CHAT = 'no chat'
const RANKS: readonly SendRank[] = ['answer', 'final', 'first-preview', 'preview', 'broadcast']

interface Waiting {
  readonly call: GatedCall
  readonly since: number
  readonly admit: () => void
}

export function createSendGate(options: SendGateOptions): SendGate {
  return new ChatGate(options)
}

/**
 * One gate for all calls to chats:
 *
 *   free and in pace ──▶ counted, passes at once
 *   held or too fast ──▶ waits; at the earliest moment that any waiting call may go, the gate looks again,
 *                        from the highest rank to the lowest, oldest first
 *
 * A 429 holds its chat for exactly `retry_after`. Calls that wait for one chat do not delay
 * another. That the whole bot is limited is only a guess, and tested at once (see `BotHold`).
 */
class ChatGate implements SendGate {
  readonly #now: () => number
  readonly #holds: FloodHolds
  readonly #pace: SendPace
  readonly #queues = new Map<SendRank, Set<Waiting>>(RANKS.map((rank) => [rank, new Set()]))
  readonly #whole: BotHold
  #timer: NodeJS.Timeout | undefined
  refusals = 0

  constructor({ limits = DEFAULT_SEND_LIMITS, now }: SendGateOptions) {
    this.#now = now
    this.#holds = createFloodHolds(now)
    this.#whole = new BotHold(now)
    this.#pace = createSendPace(limits, now)
  }

  pass(call: GatedCall, signal: AbortSignal): Promise<void> | undefined {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#delay(call, this.#now()) > 0) return this.#whenAdmitted(call, signal)
    this.#count(call)
    return undefined
  }

  succeeded({ chatId }: Pick<GatedCall, 'chatId'>): void {
    this.#pace.succeed(chatId)
    this.answered({ chatId })
  }

  answered({ chatId }: Pick<GatedCall, 'chatId'>): void {
    if (this.#whole.isAny && this.#whole.accepted(chatId)) this.#look()
  }

  tokenRefused(): void {
    this.#whole.tokenRefused()
    if (this.#isAnyWaiting()) this.#look()
  }

  tokenRenewed(): void {
    this.#whole.tokenRenewed()
    if (this.#isAnyWaiting()) this.#look()
  }

  get isTokenRefused(): boolean {
    return this.#whole.isTokenRefused
  }

  refused(call: Pick<GatedCall, 'chatId' | 'kind'> | undefined, seconds: number): void {
    this.refusals += 1
    if (call) {
      this.#holds.hold(holdKey(call.kind, call.chatId), seconds)
      if (call.kind !== 'message') return
      this.#pace.learn(call.chatId, seconds)
    } else this.#holds.hold(NO_CHAT, seconds)
    if (this.#whole.refused(call?.chatId, seconds)) this.#pace.learn(undefined, seconds)
    if (this.#isAnyWaiting()) this.#look()
  }

  held({ chatId, kind }: Pick<GatedCall, 'chatId' | 'kind'>): number {
    const holds = this.#holds
    if (!holds.isAny && !this.#whole.isAny) return 0
    const all = Math.max(this.#whole.delay(kind === 'message'), holds.remaining(holdKey('message', chatId)))
    return kind === 'message' ? all : Math.max(all, holds.remaining(holdKey(kind, chatId)))
  }

  heldOverall(): number {
    return Math.max(this.#holds.remaining(NO_CHAT), this.#whole.delay(false))
  }

  #delay(call: GatedCall, since: number): number {
    const isAlwaysPaced = call.rank === 'preview' || call.rank === 'broadcast'
    return Math.max(this.held(call), this.#pace.delay(call.chatId, isAlwaysPaced ? undefined : since))
  }

  #count({ chatId, kind }: GatedCall): void {
    this.#pace.count(chatId)
    if (kind === 'message' && this.#whole.isAny) this.#whole.sending(chatId)
  }

  #look(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    let next = Infinity
    for (const queue of this.#queues.values()) {
      for (const waiting of queue) {
        const left = this.#delay(waiting.call, waiting.since)
        if (left > 0) next = Math.min(next, left)
        else waiting.admit()
      }
    }
    // Timers may fire slightly early; then the gate looks again.
    if (next < Infinity)
      this.#timer = setTimeout(() => this.#look(), Math.min(Math.ceil(next), LONGEST_TIMER))
  }

  #whenAdmitted(call: GatedCall, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(call.rank)
      const leave = (): void => {
        signal.removeEventListener('abort', cancel)
        queue?.delete(waiting)
      }
      const cancel = (): void => {
        leave()
        if (!this.#isAnyWaiting()) clearTimeout(this.#timer)
        reject(signal.reason as Error)
      }
      const waiting: Waiting = {
        call,
        since: this.#now(),
        admit: () => {
          leave()
          this.#count(call)
          resolve()
        },
      }
      signal.addEventListener('abort', cancel)
      queue?.add(waiting)
      this.#look()
    })
  }

  get waiting(): number {
    return this.#queues.values().reduce((sum, queue) => sum + queue.size, 0)
  }

  #isAnyWaiting(): boolean {
    return this.#queues.values().some((queue) => queue.size > 0)
  }
}

function holdKey(kind: SendKind, chatId: number): string {
  return `${kind}:${chatId}`
}
