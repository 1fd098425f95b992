import { randomInt } from 'node:crypto'
import type { TelegramUpdate } from '@gramio/types'

export interface QueuedUpdate {
  readonly id: number
  readonly update: TelegramUpdate
  /** Updates of one lane (a chat) are delivered to a webhook in order. */
  readonly lane: string
  readonly queuedAt: number
}

export interface PollRequest {
  readonly offset: number
  readonly limit: number
  readonly timeoutSeconds: number
}

export type PollOutcome =
  | { readonly kind: 'updates'; readonly updates: readonly TelegramUpdate[] }
  | { readonly kind: 'superseded'; readonly by: 'getUpdates' | 'setWebhook' }

interface Waiter {
  readonly request: PollRequest
  readonly settle: (outcome: PollOutcome) => void
}

/** Telegram keeps updates for 24 hours. */
const LIFETIME_MS = 24 * 60 * 60 * 1000
/** Confirmed updates that `redeliver` can still find. */
const HISTORY_SIZE = 1000
const MAX_ID_GAP = 20_000_000
/** Telegram's ids fit in 32 bits. Beyond this, a restored emulator starts from a low id again. */
const MAX_ID = 2_000_000_000
/** Kinds that are only sent to bots that request them by name. */
const OPT_IN: ReadonlySet<string> = new Set(['chat_member', 'message_reaction', 'message_reaction_count'])

/**
 * The updates that a bot has not confirmed yet. They are delivered by `poll` (getUpdates) or to a
 * webhook (`onPush`, `pending`, `confirm`). Both use the same queue, so a bot can switch between
 * them.
 */
export class UpdateQueue {
  readonly #pending = new Map<number, QueuedUpdate>()
  readonly #history = new Map<number, QueuedUpdate>()
  #redeliveries: QueuedUpdate[] = []
  #waiter: Waiter | undefined
  #wakeScheduled = false
  #nextId = randomInt(100_000_000, 900_000_000)
  #allowed: ReadonlySet<string> | undefined
  /** Called with every new update; set while there is a webhook. */
  onPush: ((update: QueuedUpdate) => void) | undefined

  dump(): { readonly nextId: number; readonly pending: readonly QueuedUpdate[] } {
    return { nextId: this.#nextId, pending: this.pending() }
  }

  /**
   * Restores saved updates and continues after their ids, with a random gap. Ids used after the
   * state was saved, possibly in several runs restored from it, must not be used again.
   */
  load({ nextId, pending }: ReturnType<UpdateQueue['dump']>): void {
    if (nextId < MAX_ID || pending.length > 0) this.#nextId = nextId + randomInt(1, MAX_ID_GAP)
    for (const queued of pending) this.#pending.set(queued.id, queued)
  }

  get pendingCount(): number {
    return this.#pending.size + this.#redeliveries.length
  }

  get allowedUpdates(): readonly string[] | undefined {
    return this.#allowed && [...this.#allowed]
  }

  /** An empty list restores the default. */
  setAllowedUpdates(kinds: readonly string[] | undefined): void {
    if (kinds === undefined) return
    this.#allowed = kinds.length === 0 ? undefined : new Set(kinds)
  }

  /** Queues an update, unless the bot excludes its kind, and returns its id. */
  push(
    lane: string,
    content: Omit<TelegramUpdate, 'update_id'> & Record<string, unknown>,
  ): number | undefined {
    if (!this.#wants(content)) return undefined
    const id = this.#nextId
    this.#nextId += 1
    const queued: QueuedUpdate = { id, update: { update_id: id, ...content }, lane, queuedAt: Date.now() }
    this.#pending.set(id, queued)
    this.#announce(queued)
    return id
  }

  #wants(content: object): boolean {
    for (const kind in content) {
      if (this.#allowed ? !this.#allowed.has(kind) : OPT_IN.has(kind)) return false
    }
    return true
  }

  #announce(queued: QueuedUpdate): void {
    if (this.onPush) this.onPush(queued)
    else if (this.#waiter && !this.#wakeScheduled) {
      // updates pushed in the same tick are delivered in one answer
      this.#wakeScheduled = true
      setImmediate(() => {
        this.#wakeScheduled = false
        this.#serveWaiter()
      })
    }
  }

  /** Advances the next update id; a real bot's ids can jump as well. */
  jump(by: number): void {
    this.#nextId = Math.max(1, this.#nextId + by)
  }

  /** Delivers an update again, whether or not it was confirmed. */
  redeliver(updateId: number): boolean {
    const queued = this.#pending.get(updateId) ?? this.#history.get(updateId)
    if (!queued) return false
    const again = { ...queued, queuedAt: Date.now() }
    if (this.onPush) this.#pending.set(updateId, again)
    else this.#redeliveries.push(again)
    this.#announce(again)
    return true
  }

  /** All unconfirmed updates, oldest first. */
  pending(): QueuedUpdate[] {
    this.#expire()
    const all = [...this.#redeliveries, ...this.#pending.values()]
    for (const queued of this.#redeliveries) this.#pending.set(queued.id, queued)
    this.#redeliveries = []
    return all
  }

  isPending(updateId: number): boolean {
    return this.#pending.has(updateId)
  }

  confirm(updateId: number): void {
    const queued = this.#pending.get(updateId)
    if (!queued) return
    this.#pending.delete(updateId)
    this.#history.set(updateId, queued)
    if (this.#history.size > HISTORY_SIZE) {
      for (const oldest of this.#history.keys()) {
        this.#history.delete(oldest)
        break
      }
    }
  }

  clear(): void {
    this.#pending.clear()
    this.#redeliveries = []
  }

  /**
   * Handles a getUpdates call; a second call ends the first. An offset beyond the newest update is
   * from before a reset of the ids. As Telegram does, this then serves from the head of the queue.
   */
  poll(request: PollRequest, signal: AbortSignal): Promise<PollOutcome> {
    this.interruptPoll('getUpdates')
    this.#expire()
    if (request.offset < 0) {
      const surplus = this.#pending.size + request.offset
      let index = 0
      for (const id of this.#pending.keys()) {
        if (index >= surplus) break
        index += 1
        this.confirm(id)
      }
    } else if (request.offset <= this.#nextId) {
      for (const id of this.#pending.keys()) {
        if (id >= request.offset) break
        this.confirm(id)
      }
    }
    const updates = this.#take(request.limit)
    if (updates.length > 0 || request.timeoutSeconds === 0)
      return Promise.resolve({ kind: 'updates', updates })
    return this.#wait(request, signal)
  }

  #wait(request: PollRequest, signal: AbortSignal): Promise<PollOutcome> {
    return new Promise((resolve) => {
      const settle = (outcome: PollOutcome): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        if (this.#waiter === waiter) this.#waiter = undefined
        resolve(outcome)
      }
      const giveUp = (): void => settle({ kind: 'updates', updates: [] })
      const timer = setTimeout(giveUp, request.timeoutSeconds * 1000)
      const waiter: Waiter = { request, settle }
      this.#waiter = waiter
      if (signal.aborted) giveUp()
      else signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  interruptPoll(by: 'getUpdates' | 'setWebhook'): void {
    this.#waiter?.settle({ kind: 'superseded', by })
  }

  /** Answers a held poll with an empty list, for example when the server closes. */
  releasePoll(): void {
    this.#waiter?.settle({ kind: 'updates', updates: [] })
  }

  #serveWaiter(): void {
    const waiter = this.#waiter
    if (!waiter) return
    const updates = this.#take(waiter.request.limit)
    if (updates.length > 0) waiter.settle({ kind: 'updates', updates })
  }

  /** The oldest unconfirmed updates. Redeliveries come first and are delivered once. */
  #take(limit: number): TelegramUpdate[] {
    const updates = this.#redeliveries.splice(0, limit).map((queued) => queued.update)
    for (const queued of this.#pending.values()) {
      if (updates.length >= limit) break
      updates.push(queued.update)
    }
    return updates
  }

  #expire(): void {
    const limit = Date.now() - LIFETIME_MS
    for (const [id, queued] of this.#pending) {
      if (queued.queuedAt > limit) break
      this.#pending.delete(id)
    }
  }
}
