import { createFloodHolds } from './flood-holds.ts'
import { createSendPace, DEFAULT_SEND_LIMITS } from './send-pace.ts'
import type { SendLimits } from './send-pace.ts'

/**
 * Who goes first when several wait: an answer to a person, the end of an answer whose text was shown while
 * it was written, such a preview, and messages nobody waits for.
 */
export type SendRank = 'answer' | 'final' | 'preview' | 'broadcast'

/** What is held by a 429: messages, and apart from them what can be left out without a loss. */
type SendKind = 'message' | 'draft' | 'typing'

export interface GatedCall {
  readonly chatId: number
  readonly rank: SendRank
  readonly kind: SendKind
}

/** Lets calls through when Telegram's limits allow. */
export interface SendGate {
  /** Nothing when the call may be made at once; else resolves when it may, and rejects when `signal` is aborted. */
  pass(call: GatedCall, signal: AbortSignal): Promise<void> | undefined
  /** Notes that Telegram took the call. */
  succeeded(call: Pick<GatedCall, 'chatId'>): void
  /** Notes a 429. Without a chat it holds everything. */
  refused(call: Pick<GatedCall, 'chatId' | 'kind'> | undefined, seconds: number): void
  /** Milliseconds until calls of the kind are allowed again in the chat; 0 when they are. */
  held(call: Pick<GatedCall, 'chatId' | 'kind'>): number
  /** The same for calls that belong to no chat. */
  heldOverall(): number
  /** How many 429s there were. */
  readonly refusals: number
}

export interface SendGateOptions {
  readonly limits?: SendLimits | undefined
  /** Monotonic milliseconds. */
  readonly now: () => number
}

const EVERYTHING = 'everything'
/** So many chats refused within a second mean that the limit is the bot's own, not a chat's. */
const GLOBAL_CHATS = 3
const GLOBAL_MILLISECONDS = 1000
/** Longer ones would overflow and fire at once. */
const LONGEST_TIMER = 2 ** 30
const RANKS: readonly SendRank[] = ['answer', 'final', 'preview', 'broadcast']

interface Waiting {
  readonly call: GatedCall
  readonly admit: () => void
}

/**
 * One gate for all calls to chats. In words:
 *
 *   free and in pace ──▶ counted, passes at once
 *   held or too fast ──▶ waits; at the earliest moment that any waiting call may go, the gate looks again,
 *                        from the highest rank to the lowest, oldest first
 *
 * A 429 holds its chat for exactly `retry_after`; what waits for one chat is not in the way of another.
 */
export function createSendGate({ limits = DEFAULT_SEND_LIMITS, now }: SendGateOptions): SendGate {
  const holds = createFloodHolds(now)
  const pace = createSendPace(limits, now)
  const queues = new Map<SendRank, Set<Waiting>>(RANKS.map((rank) => [rank, new Set()]))
  const lately = new Map<number, number>()
  let timer: NodeJS.Timeout | undefined
  let refusals = 0

  function held({ chatId, kind }: Pick<GatedCall, 'chatId' | 'kind'>): number {
    if (!holds.isAny) return 0
    const all = Math.max(holds.remaining(EVERYTHING), holds.remaining(key('message', chatId)))
    return kind === 'message' ? all : Math.max(all, holds.remaining(key(kind, chatId)))
  }

  function delay(call: GatedCall): number {
    const isAlwaysPaced = call.rank === 'preview' || call.rank === 'broadcast'
    return Math.max(held(call), pace.delay(call.chatId, isAlwaysPaced))
  }

  function look(): void {
    clearTimeout(timer)
    timer = undefined
    let next = Infinity
    for (const queue of queues.values()) {
      for (const waiting of queue) {
        const left = delay(waiting.call)
        if (left > 0) next = Math.min(next, left)
        else waiting.admit()
      }
    }
    // Timers may fire a little early; then the gate looks once more.
    if (next < Infinity) timer = setTimeout(look, Math.min(Math.ceil(next), LONGEST_TIMER))
  }

  function wait(call: GatedCall, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = queues.get(call.rank)
      const leave = (): void => {
        signal.removeEventListener('abort', cancel)
        queue?.delete(waiting)
      }
      const cancel = (): void => {
        leave()
        if (!isAnyWaiting()) clearTimeout(timer)
        reject(signal.reason as Error)
      }
      const waiting: Waiting = {
        call,
        admit(): void {
          leave()
          pace.count(call.chatId)
          resolve()
        },
      }
      signal.addEventListener('abort', cancel)
      queue?.add(waiting)
      look()
    })
  }

  function isAnyWaiting(): boolean {
    return queues.values().some((queue) => queue.size > 0)
  }

  /** Whether this 429 is one of several that different chats met at the same time. */
  function isGlobal(chatId: number): boolean {
    const time = now()
    for (const [other, at] of lately) if (time - at > GLOBAL_MILLISECONDS) lately.delete(other)
    lately.set(chatId, time)
    return lately.size >= GLOBAL_CHATS
  }

  return {
    pass(call, signal): Promise<void> | undefined {
      if (signal.aborted) return Promise.reject(signal.reason)
      if (delay(call) > 0) return wait(call, signal)
      pace.count(call.chatId)
      return undefined
    },
    succeeded: ({ chatId }) => pace.succeed(chatId),
    refused(call, seconds): void {
      refusals += 1
      if (call) {
        holds.hold(key(call.kind, call.chatId), seconds)
        if (call.kind !== 'message') return
        pace.learn(call.chatId, seconds)
      }
      if (!call || isGlobal(call.chatId)) {
        holds.hold(EVERYTHING, seconds)
        pace.learn(undefined, seconds)
      }
    },
    held,
    heldOverall: () => holds.remaining(EVERYTHING),
    get refusals(): number {
      return refusals
    },
  }
}

function key(kind: SendKind, chatId: number): string {
  return `${kind}:${chatId}`
}
