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
  /** The long polling timeout, in seconds. Default 30; a poll counts as hung 15 s later. */
  readonly pollTimeoutSeconds?: number
}

/** A poll that has not failed for this long counts as held by Telegram. */
const SETTLE_MILLISECONDS = 150
/** The same after a conflict, which appears only when the other program polls again. */
const CONFLICT_SETTLE_MILLISECONDS = 5000

/** Some servers answer polls at once; they are not polled more often than this. */
const HASTY_MILLISECONDS = 100
/** How long `stop` may take to confirm received updates to Telegram. */
const CONFIRM_MILLISECONDS = 2000

/**
 * Long polling. The steps:
 *
 *   identify the bot → remove a webhook (keeping its waiting updates) → poll → hand over → poll …
 *
 * Telegram forgets an update when a later poll's `offset` is above its id. The offset moves only
 * after `onUpdates` has resolved, so Telegram resends everything that was not stored. A failed step
 * is retried with a growing delay; only `stop` ends the loop.
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
    // A connection that hangs looks like a held poll. After a failure only an answer proves that
    // Telegram is reachable.
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

  /** Reports the migration of a chat, if this is one. No plugin handles such updates. */
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

  /** Confirms the last updates. Otherwise Telegram would resend them after a restart. */
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
