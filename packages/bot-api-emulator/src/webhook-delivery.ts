import type { TelegramWebhookInfo } from '@gramio/types'
import { compact } from './compact.ts'
import type { EmulatorLogger } from './options.ts'
import type { QueuedUpdate, UpdateQueue } from './update-queue.ts'
import { postUpdate } from './post-update.ts'

export interface WebhookSettings {
  readonly url: string
  readonly secretToken: string | undefined
  readonly maxConnections: number
  readonly ipAddress: string | undefined
  readonly hasCertificate: boolean
}

interface WebhookTiming {
  readonly firstRetryMs: number
  readonly maxRetryMs: number
  readonly timeoutMs: number
}

export interface WebhookDeliveryOptions {
  readonly updates: UpdateQueue
  readonly timing: WebhookTiming
  /** Runs a method call from a webhook's response. */
  readonly runReply: (params: Record<string, unknown>) => Promise<void>
  readonly logger: EmulatorLogger
}

/**
 * The updates of one chat. The first is being delivered or waits for its retry; the others are
 * queued.
 */
interface Lane {
  readonly name: string
  readonly waiting: QueuedUpdate[]
  failures: number
}

/** One setting of the webhook. Deliveries of an older one are ignored. */
interface Session {
  readonly settings: WebhookSettings
  readonly abort: AbortController
  readonly lanes: Map<string, Lane>
  readonly ready: Lane[]
  readonly timers: Set<NodeJS.Timeout>
  active: number
}

/**
 * Posts updates to the bot's webhook: in order within a chat, and concurrently across chats, up to
 * `max_connections`. A failed post is retried with exponential back-off and only delays its chat.
 */
export class WebhookDelivery {
  readonly #options: WebhookDeliveryOptions
  #session: Session | undefined
  #lastError: { date: number; message: string } | undefined

  constructor(options: WebhookDeliveryOptions) {
    this.#options = options
  }

  get isSet(): boolean {
    return this.#session !== undefined
  }

  info(): TelegramWebhookInfo {
    const { updates } = this.#options
    const settings = this.#session?.settings
    return compact({
      url: settings?.url ?? '',
      has_custom_certificate: settings?.hasCertificate ?? false,
      pending_update_count: updates.pendingCount,
      ip_address: settings?.ipAddress,
      last_error_date: settings && this.#lastError?.date,
      last_error_message: settings && this.#lastError?.message,
      max_connections: settings?.maxConnections,
      allowed_updates: updates.allowedUpdates as TelegramWebhookInfo['allowed_updates'],
    })
  }

  set(settings: WebhookSettings): void {
    this.remove()
    this.#lastError = undefined
    const session: Session = {
      settings,
      abort: new AbortController(),
      lanes: new Map(),
      ready: [],
      timers: new Set(),
      active: 0,
    }
    this.#session = session
    const { updates } = this.#options
    for (const update of updates.pending()) this.#enqueue(session, update)
    updates.onPush = (update) => {
      this.#enqueue(session, update)
      this.#pump(session)
    }
    this.#pump(session)
  }

  /** Stops delivery; undelivered updates stay queued. Returns whether there was a webhook. */
  remove(): boolean {
    const session = this.#session
    if (!session) return false
    this.#session = undefined
    this.#options.updates.onPush = undefined
    for (const timer of session.timers) clearTimeout(timer)
    session.abort.abort()
    return true
  }

  #enqueue(session: Session, update: QueuedUpdate): void {
    const lane = session.lanes.get(update.lane)
    if (lane) {
      lane.waiting.push(update)
      return
    }
    const created: Lane = { name: update.lane, waiting: [update], failures: 0 }
    session.lanes.set(update.lane, created)
    session.ready.push(created)
  }

  #pump(session: Session): void {
    while (session === this.#session && session.active < session.settings.maxConnections) {
      const lane = session.ready.shift()
      if (!lane) return
      session.active += 1
      void this.#deliverNext(session, lane)
    }
  }

  async #deliverNext(session: Session, lane: Lane): Promise<void> {
    const [update] = lane.waiting
    if (update && this.#options.updates.isPending(update.id)) {
      const { settings } = session
      const outcome = await postUpdate({
        url: settings.url,
        secretToken: settings.secretToken,
        update: update.update,
        timeoutMs: this.#options.timing.timeoutMs,
        signal: session.abort.signal,
      })
      session.active -= 1
      if (session !== this.#session) return
      if (outcome.error !== undefined) this.#retryLater(session, lane, outcome.error)
      else {
        this.#options.updates.confirm(update.id)
        this.#advance(session, lane)
        if (outcome.reply) void this.#carryOut(outcome.reply)
      }
    } else {
      session.active -= 1
      this.#advance(session, lane)
    }
    this.#pump(session)
  }

  async #carryOut(reply: Record<string, unknown>): Promise<void> {
    try {
      await this.#options.runReply(reply)
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'a call in a webhook answer broke the emulator')
    }
  }

  #advance(session: Session, lane: Lane): void {
    lane.failures = 0
    lane.waiting.shift()
    if (lane.waiting.length > 0) session.ready.push(lane)
    else session.lanes.delete(lane.name)
  }

  #retryLater(session: Session, lane: Lane, message: string): void {
    this.#lastError = { date: Math.floor(Date.now() / 1000), message }
    const { firstRetryMs, maxRetryMs } = this.#options.timing
    const wait = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(lane.failures, 30))
    lane.failures += 1
    this.#options.logger.debug({ lane: lane.name, wait, problem: message }, 'webhook delivery failed')
    const timer = setTimeout(() => {
      session.timers.delete(timer)
      session.ready.push(lane)
      this.#pump(session)
    }, wait)
    session.timers.add(timer)
  }
}
