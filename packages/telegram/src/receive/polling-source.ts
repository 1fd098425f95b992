import { createBackoff, wait } from '@pluggram/base'
import { errorMessage } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { toGrammySignal } from '../api/api.ts'
import { TelegramError } from '../api/errors.ts'
import { createStatusTracker, createTrouble, DEFAULT_BACKOFF, identifyWithRetries } from './source.ts'
import type { BotIdentity } from './identify-bot.ts'
import { readMigration } from './chat-migration.ts'
import { normaliseUpdate } from './normalise-update.ts'
import { ALLOWED_UPDATES } from './raw-update.ts'
import type { SourceOptions, UpdateSource } from './source.ts'

export interface PollingSourceOptions extends SourceOptions {
  /** How long Telegram holds a poll, in seconds. Default 30; it counts as hung 15 s later. */
  readonly pollTimeoutSeconds?: number
}

/** A poll that did not fail this long counts as held. */
const SETTLE_MILLISECONDS = 150
/** The same after a conflict, which shows only when the other program polls again. */
const CONFLICT_SETTLE_MILLISECONDS = 5000

/** Servers that hold no polls answer at once; they are not asked more often than this. */
const HASTY_MILLISECONDS = 100
/** How long `stop` may take to tell Telegram what was received. */
const CONFIRM_MILLISECONDS = 2000

/**
 * Long polling. In words:
 *
 *   identify the bot → remove a webhook (keeping its waiting updates) → poll → hand over → poll …
 *
 * Telegram forgets an update when a later poll's `offset` is above its id. The offset moves only
 * after `onUpdates` resolved, so whatever was not taken over comes again. After a failure the same
 * step is tried again, later and later; nothing but `stop` ends the loop.
 */
export function createPollingSource(options: PollingSourceOptions): UpdateSource {
  const { api, onUpdates, logger } = options
  const pollTimeout = options.pollTimeoutSeconds ?? 30
  const tracker = createStatusTracker()
  const trouble = createTrouble({ ...options, tracker })
  const handOverBackoff = createBackoff(options.backoff ?? DEFAULT_BACKOFF)
  const stopping = new AbortController()
  const { signal } = stopping
  let offset = 0
  let confirmedOffset = 0
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    const bot = await identifyWithRetries(options, trouble, signal)
    await removeWebhook()
    for (;;) {
      let updates: readonly unknown[]
      const asked = performance.now()
      try {
        updates = await poll()
      } catch (error) {
        await trouble.sit(error, 'getUpdates', signal)
        if (isWebhookConflict(error)) await removeWebhook()
        continue
      }
      tracker.markActivity()
      trouble.over('polling')
      await handOver(updates, bot)
      const isHasty = updates.length === 0 && performance.now() - asked < HASTY_MILLISECONDS
      if (isHasty) await wait(HASTY_MILLISECONDS, signal)
      signal.throwIfAborted()
    }
  }

  async function removeWebhook(): Promise<void> {
    for (;;) {
      try {
        await api.deleteWebhook({}, toGrammySignal(signal))
        return
      } catch (error) {
        await trouble.sit(error, 'deleteWebhook', signal)
      }
    }
  }

  async function poll(): Promise<readonly unknown[]> {
    const { state } = tracker.status()
    // A connection that hangs looks like a held poll: after a failure only an answer proves that
    // Telegram is there.
    const mustProve = state !== 'starting' && state !== 'polling' && state !== 'conflict'
    const settle = state === 'conflict' ? CONFLICT_SETTLE_MILLISECONDS : SETTLE_MILLISECONDS
    const held = mustProve ? undefined : setTimeout(() => trouble.over('polling'), settle)
    try {
      const timeout = mustProve ? 0 : pollTimeout
      const request = { offset, limit: 100, timeout, allowed_updates: ALLOWED_UPDATES }
      const updates: unknown = await api.getUpdates(request, toGrammySignal(signal))
      confirmedOffset = offset
      if (!Array.isArray(updates)) throw malformedAnswer()
      return updates
    } finally {
      clearTimeout(held)
    }
  }

  /** Updates that nobody answers may still tell something. */
  function noteMigration(raw: unknown): undefined {
    const migration = readMigration(raw)
    if (migration) options.onChatMigrated?.(migration.from, migration.to)
  }

  async function handOver(raw: readonly unknown[], bot: BotIdentity): Promise<void> {
    if (raw.length === 0) return
    const ids = raw.map(updateIdOf).filter((id) => id !== undefined)
    if (ids.length === 0) {
      await trouble.sit(malformedAnswer(), 'getUpdates', signal)
      return
    }
    const updates = raw
      .map((update) => normaliseUpdate(update, bot) ?? noteMigration(update))
      .filter((update): update is IncomingUpdate => update !== undefined)
    try {
      if (updates.length > 0) await onUpdates(updates)
    } catch (error) {
      logger.error('could not store updates; Telegram keeps them and they are fetched again', {
        error,
      })
      await wait(handOverBackoff.next(), signal)
      return
    }
    handOverBackoff.reset()
    offset = Math.max(...ids) + 1
  }

  /** Updates that were taken over while `stop` was called would come again after a restart. */
  async function confirm(): Promise<void> {
    if (offset === confirmedOffset) return
    const request = { offset, limit: 1, timeout: 0, allowed_updates: ALLOWED_UPDATES }
    await api
      .getUpdates(request, toGrammySignal(AbortSignal.timeout(CONFIRM_MILLISECONDS)))
      .catch((error: unknown) => logger.debug('could not confirm the last offset', { err: error }))
  }

  return {
    start(): void {
      running ??= run().catch((error: unknown) => {
        if (signal.aborted) return
        tracker.enter('unreachable', errorMessage(error))
        logger.error('polling ended with an unexpected error; restart the assistant', { err: error })
      })
    },
    async stop(): Promise<void> {
      stopping.abort()
      await running
      await confirm()
      tracker.enter('stopped')
    },
    status: () => tracker.status(),
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
