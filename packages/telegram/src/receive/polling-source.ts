import { createBackoff, repeat, wait } from '@pluggram/base'
import type { Backoff, Repetition } from '@pluggram/base'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { toGrammySignal } from '../api/api.ts'
import { TelegramError } from '../api/errors.ts'
import {
  createTrouble,
  DEFAULT_BACKOFF,
  FIRST_CALLS_SECONDS,
  identifyWithRetries,
  keepReceiving,
  StatusTracker,
} from './source.ts'
import type { BotIdentity } from './identify-bot.ts'
import { readUpdate } from './normalise-update.ts'
import { Backlog } from './backlog.ts'
import { withPatience } from './patience.ts'
import { ALLOWED_UPDATES } from './update-kinds.ts'
import type { SourceOptions, SourceStatus, Trouble, UpdateSource } from './source.ts'

export interface PollingSourceOptions extends SourceOptions {
  /** The long polling timeout, in seconds. Default 5. */
  readonly pollTimeoutSeconds?: number
  /** A poll that is answered this much later than it could be is late. Default 4 s. */
  readonly lateSeconds?: number
  /** How often to ask how many updates wait, usually and while some do. Default 60 s and 5 s. */
  readonly backlogMs?: readonly [usually: number, whileWaiting: number]
}

/**
 * Short, so that a poll that hangs is told from one that is held before anybody has to wonder. It
 * also keeps connections through routers and proxies in use.
 */
const POLL_SECONDS = 5
/** An answer that comes this much later than it could is late; a poll without one counts as hung. */
const LATE_SECONDS = 4
/**
 * How long polls may take once one has hung, in turn, as multiples of that. Mostly short, so that a
 * new connection is tried soon; a server that only is slow must be able to answer the last one.
 */
const PATIENCE = [1, 1, 4]

/** A poll that has not failed for this long counts as held by Telegram. */
const SETTLE_MILLISECONDS = 150
/** The same after a conflict, which appears only when the other program polls again. */
const CONFLICT_SETTLE_MILLISECONDS = 5000

/** Some servers answer polls at once; they are not polled more often than this. */
const HASTY_MILLISECONDS = 100
/** How long `stop` may take to confirm received updates to Telegram. */
const CONFIRM_MILLISECONDS = 2000

export function createPollingSource(options: PollingSourceOptions): UpdateSource {
  return new PollingSource(options)
}

/**
 * Long polling. The steps:
 *
 *   identify the bot → remove a webhook (keeping its waiting updates) → poll → hand over → poll …
 *
 * Telegram forgets an update when a later poll's `offset` is above its id. The offset moves only
 * after `onUpdates` has resolved, so Telegram resends everything that was not stored. A failed step
 * is retried with a growing delay; only `stop` ends the loop.
 */
class PollingSource implements UpdateSource {
  readonly #options: PollingSourceOptions
  readonly #tracker = new StatusTracker()
  readonly #trouble: Trouble
  readonly #stopping = new AbortController()
  readonly #signal = this.#stopping.signal
  /** Present while updates cannot be stored. */
  #storeBackoff: Backoff | undefined
  #offset = 0
  #confirmedOffset = 0
  /** Polls answered without updates since the last look at the backlog. */
  #emptyPolls = 0
  /** Polls that failed since the last good one. */
  #failures = 0
  readonly #lateSeconds: number
  #running: Repetition | undefined

  constructor(options: PollingSourceOptions) {
    this.#options = options
    this.#lateSeconds = options.lateSeconds ?? LATE_SECONDS
    this.#trouble = createTrouble({ ...options, tracker: this.#tracker })
  }

  start(): void {
    this.#running ??= keepReceiving(() => this.#run(), {
      ...this.#options,
      tracker: this.#tracker,
      signal: this.#signal,
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running?.stop()
    await this.#confirm()
    this.#tracker.enter('stopped')
  }

  status(): SourceStatus {
    return this.#tracker.status()
  }

  tokenRenewed(): void {
    this.#trouble.tokenRenewed()
  }

  async #run(): Promise<void> {
    const bot = await identifyWithRetries(
      this.#options,
      { tracker: this.#tracker, trouble: this.#trouble },
      this.#signal,
    )
    await this.#removeWebhook()
    const backlog = this.#watchBacklog()
    try {
      await this.#pollForever(bot)
    } finally {
      await backlog.stop()
    }
  }

  async #pollForever(bot: BotIdentity): Promise<never> {
    for (;;) {
      let updates: readonly unknown[]
      const asked = performance.now()
      try {
        updates = await this.#poll()
      } catch (error) {
        this.#failures += 1
        await this.#trouble.sit(error, 'getUpdates', this.#signal)
        if (isWebhookConflict(error)) await this.#removeWebhook()
        continue
      }
      await this.#handOver(updates, bot)
      const isHasty = updates.length === 0 && performance.now() - asked < HASTY_MILLISECONDS
      if (isHasty) await wait(HASTY_MILLISECONDS, this.#signal)
      this.#signal.throwIfAborted()
    }
  }

  async #removeWebhook(): Promise<void> {
    for (;;) {
      try {
        await withPatience((signal) => this.#options.api.deleteWebhook({}, toGrammySignal(signal)), {
          method: 'deleteWebhook',
          limitSeconds: FIRST_CALLS_SECONDS,
          signal: this.#signal,
        })
        return
      } catch (error) {
        await this.#trouble.sit(error, 'deleteWebhook', this.#signal)
      }
    }
  }

  async #poll(): Promise<readonly unknown[]> {
    const { state } = this.#tracker
    // A connection that hangs looks like a held poll. After a failure only an answer proves that
    // Telegram is reachable.
    const isHeld = state === 'polling'
    const mustProve = state !== 'starting' && !isHeld && state !== 'conflict'
    const settle = state === 'conflict' ? CONFLICT_SETTLE_MILLISECONDS : SETTLE_MILLISECONDS
    const held = mustProve || isHeld ? undefined : setTimeout(() => this.#trouble.over('polling'), settle)
    try {
      const timeout = mustProve ? 0 : (this.#options.pollTimeoutSeconds ?? POLL_SECONDS)
      const offset = this.#offset
      const request = { offset, limit: 100, timeout, allowed_updates: ALLOWED_UPDATES }
      const { answer, seconds } = await withPatience(
        (signal): Promise<unknown> => this.#options.api.getUpdates(request, toGrammySignal(signal)),
        {
          method: 'getUpdates',
          limitSeconds: mustProve ? this.#probeSeconds() : timeout + this.#lateSeconds,
          signal: this.#signal,
        },
      )
      this.#confirmedOffset = offset
      if (!Array.isArray(answer)) throw malformedAnswer()
      this.#answered(answer, mustProve && seconds >= this.#lateSeconds ? seconds : undefined)
      return answer
    } finally {
      clearTimeout(held)
    }
  }

  #probeSeconds(): number {
    // a server that is known to be slow is given the time
    const turn = this.#tracker.state === 'slow' ? PATIENCE.length - 1 : this.#failures
    return this.#lateSeconds * (PATIENCE[turn % PATIENCE.length] ?? 1)
  }

  /** @param lateSeconds present when the answer took too long */
  #answered(updates: readonly unknown[], lateSeconds: number | undefined): void {
    this.#tracker.lastPollAt = new Date()
    this.#failures = 0
    if (updates.length === 0) this.#emptyPolls += 1
    const { state } = this.#tracker
    if (lateSeconds !== undefined) this.#trouble.note('slow', `Telegram took ${lateSeconds} s to answer.`)
    else if (state !== 'polling' && (state !== 'withheld' || updates.length > 0))
      this.#trouble.over('polling')
  }

  /** Asks now and then how many updates wait, and asks for all of them when polls bring none. */
  #watchBacklog(): Repetition {
    const { api, logger, backlogMs } = this.#options
    const backlog = new Backlog(this.#tracker, backlogMs)
    return repeat(
      async () => {
        const info = await api.getWebhookInfo(toGrammySignal(this.#signal))
        const waiting = info.pending_update_count
        const verdict = backlog.judge(waiting, this.#emptyPolls > 0)
        this.#emptyPolls = 0
        if (verdict === 'stuck') this.#startOver(waiting)
        else if (verdict === 'moving' && this.#tracker.state === 'withheld') this.#trouble.over('polling')
        return backlog.nextMs
      },
      {
        everyMs: backlog.nextMs,
        // polls notice for themselves that Telegram does not answer
        onError: (error) => logger.debug('cannot ask how many updates wait', { err: error }),
      },
    )
  }

  /** Ids may have jumped below the last one that was confirmed. What was seen before counts once. */
  #startOver(waiting: number): void {
    this.#trouble.note('withheld', `${waiting} updates wait at Telegram, and polls bring none.`)
    this.#offset = 0
    this.#confirmedOffset = 0
  }

  async #handOver(raw: readonly unknown[], bot: BotIdentity): Promise<void> {
    if (raw.length === 0) return
    const { onUpdates, noteActivity, logger, backoff = DEFAULT_BACKOFF } = this.#options
    const ids = raw.map(updateIdOf).filter((id) => id !== undefined)
    if (ids.length === 0) {
      await this.#trouble.sit(malformedAnswer(), 'getUpdates', this.#signal)
      return
    }
    const updates = raw
      .map((update) => readUpdate(update, bot, this.#options))
      .filter((update): update is IncomingUpdate => update !== undefined)
    if (noteActivity) for (const { chat } of updates) noteActivity(chat.id)
    try {
      if (updates.length > 0) await onUpdates(updates)
    } catch (error) {
      logger.error('could not store updates; Telegram keeps them and they are fetched again', {
        error,
      })
      this.#storeBackoff ??= createBackoff(backoff)
      await wait(this.#storeBackoff.next(), this.#signal)
      return
    }
    this.#storeBackoff = undefined
    this.#tracker.lastUpdateAt = new Date()
    this.#offset = Math.max(...ids) + 1
  }

  /** Confirms the last updates. Otherwise Telegram would resend them after a restart. */
  async #confirm(): Promise<void> {
    if (this.#offset === this.#confirmedOffset) return
    const { api, logger } = this.#options
    const request = { offset: this.#offset, limit: 1, timeout: 0, allowed_updates: ALLOWED_UPDATES }
    await api
      .getUpdates(request, toGrammySignal(AbortSignal.timeout(CONFIRM_MILLISECONDS)))
      .catch((error: unknown) => logger.debug('could not confirm the last offset', { err: error }))
  }
}

function updateIdOf(update: unknown): number | undefined {
  const isObject = typeof update === 'object' && update !== null && 'update_id' in update
  return isObject && Number.isSafeInteger(update.update_id) ? (update.update_id as number) : undefined
}

function isWebhookConflict(error: unknown): boolean {
  return error instanceof TelegramError && error.errorCode === 409 && /webhook/i.test(error.description ?? '')
}

function malformedAnswer(): TelegramError {
  return new TelegramError('Telegram answered getUpdates with something that is no list of updates', {
    method: 'getUpdates',
    failure: 'unreachable',
  })
}
