import { createBackoff, wait } from '@pluggram/base'
import type { BackoffOptions } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import { TelegramError, toTelegramError } from '../api/errors.ts'
import { identifyBot } from './identify-bot.ts'
import type { BotIdentity } from './identify-bot.ts'

/**
 * Where a source of updates stands.
 *
 * starting → polling | receiving, and from there to one of the troubles and back:
 * `conflict` (another program polls with this token), `unreachable` (network, or Telegram is down),
 * `unauthorized` (wrong token), `refused` (Telegram does not take the webhook). `stopped` is final.
 */
type SourceState =
  | 'starting'
  | 'polling'
  | 'receiving'
  | 'conflict'
  | 'unreachable'
  | 'unauthorized'
  | 'refused'
  | 'stopped'

export interface SourceStatus {
  readonly state: SourceState
  /** True when updates flow in: a long poll is held, or the webhook is set. */
  readonly isReady: boolean
  /** Since when the state holds. */
  readonly since: Date
  /** Why the last call failed; kept until updates flow again. */
  readonly lastError?: string
  /** When a poll last came back, or an update was last delivered. */
  readonly lastPollAt?: Date
}

/** Keeps a source's status; `since` moves only when the state changes. */
export interface StatusTracker {
  /** Returns true when the state changed. */
  enter(state: SourceState, lastError?: string): boolean
  markActivity(): void
  status(): SourceStatus
}

export function createStatusTracker(): StatusTracker {
  let state: SourceState = 'starting'
  let since = new Date()
  let lastError: string | undefined
  let lastPollAt: Date | undefined
  return {
    enter(next, error): boolean {
      lastError = error
      if (next === state || state === 'stopped') return false
      state = next
      since = new Date()
      return true
    },
    markActivity(): void {
      lastPollAt = new Date()
    },
    status: () => ({
      state,
      isReady: state === 'polling' || state === 'receiving',
      since,
      ...(lastError !== undefined && { lastError }),
      ...(lastPollAt && { lastPollAt }),
    }),
  }
}

/** The state that a failed call puts a source in. */
function stateAfterError(error: { readonly errorCode: number | undefined }): SourceState {
  if (error.errorCode === 401 || error.errorCode === 404) return 'unauthorized'
  if (error.errorCode === 409) return 'conflict'
  return error.errorCode === 400 ? 'refused' : 'unreachable'
}

/** Where updates come from. It never gives up by itself: only `stop` ends it. */
export interface UpdateSource {
  /** Begins in the background; look at `status` for how it goes. */
  start(): void
  /** Resolves when nothing of the source runs any more. */
  stop(): Promise<void>
  status(): SourceStatus
}

export interface SourceOptions {
  readonly api: Api
  /** Who the bot is, when that is known already; else the source asks Telegram first. */
  readonly bot?: BotIdentity
  /** Told once, before the first update, who the bot is. */
  readonly onIdentified?: (bot: BotIdentity) => void
  /**
   * Takes updates over. They count as received only when this resolves; it may resolve late to slow
   * us down.
   */
  readonly onUpdates: (updates: IncomingUpdate[]) => Promise<void>
  /** Told when a group became a supergroup with another id; perhaps more than once. */
  readonly onChatMigrated?: ((from: number, to: number) => void) | undefined
  readonly logger: Logger
  /** Delays after failures. Default 0.5 s up to 5 s. */
  readonly backoff?: BackoffOptions
  /**
   * Delays while the token is refused (default 5 s up to 60 s) or another program polls (2 s up to
   * 5 s).
   */
  readonly slowBackoff?: BackoffOptions
}

/** However long Telegram was away, people are answered within seconds when it is back. */
export const DEFAULT_BACKOFF: BackoffOptions = { minimum: 500, maximum: 5000 }
/** Each try ends the other program's poll too, so it is not made at once. */
const DEFAULT_CONFLICT_BACKOFF: BackoffOptions = { minimum: 2000, maximum: 5000 }
const DEFAULT_SLOW_BACKOFF: BackoffOptions = { minimum: 5000, maximum: 60_000 }

/** What a source does after a failed call: say it once, show it in the status, wait ever longer. */
export interface Trouble {
  /** Records the failure and waits before the next try; rejects when `signal` is aborted. */
  sit(error: unknown, method: string, signal: AbortSignal): Promise<void>
  /** Updates flow again. */
  over(state: 'polling' | 'receiving'): void
}

const ADVICE: Partial<Record<SourceState, string>> = {
  conflict:
    'another program receives updates with this bot token; stop it, or use a token of its own; retrying',
  unauthorized:
    'Telegram does not know this bot token; check TELEGRAM_BOT_TOKEN (@BotFather shows it); retrying slowly',
  unreachable: 'cannot reach Telegram; retrying',
  refused: 'Telegram refused the request; retrying slowly',
}

export function createTrouble(
  options: Pick<SourceOptions, 'api' | 'backoff' | 'slowBackoff'> & {
    logger: Logger
    tracker: StatusTracker
  },
): Trouble {
  const { api, logger, tracker } = options
  const quick = createBackoff(options.backoff ?? DEFAULT_BACKOFF)
  const slow = createBackoff(options.slowBackoff ?? DEFAULT_SLOW_BACKOFF)
  const contested = createBackoff(options.slowBackoff ?? DEFAULT_CONFLICT_BACKOFF)
  let announced: SourceState | undefined

  function announce(state: SourceState, error: TelegramError): void {
    if (state === announced) return
    announced = state
    // the network comes back by itself; everything else waits for the owner
    const level = state === 'unreachable' ? 'warn' : 'error'
    logger[level](ADVICE[state] ?? error.message, { error: error.message })
  }

  return {
    async sit(error, method, signal): Promise<void> {
      signal.throwIfAborted()
      const failure = toTelegramError(error, method, api.token)
      const state = stateAfterError(failure)
      tracker.enter(state, failure.message)
      announce(state, failure)
      const backoff = state === 'unreachable' ? quick : state === 'conflict' ? contested : slow
      const delay = backoff.next()
      await wait(Math.max(delay, (failure.retryAfterSeconds ?? 0) * 1000), signal)
    },
    over(state): void {
      quick.reset()
      slow.reset()
      contested.reset()
      tracker.enter(state)
      if (announced !== undefined) logger.info('receiving updates from Telegram again')
      announced = undefined
    },
  }
}

/** Finds out who the bot is, however long it takes; rejects when `signal` is aborted. */
export async function identifyWithRetries(
  options: Pick<SourceOptions, 'api' | 'bot' | 'onIdentified'>,
  trouble: Trouble,
  signal: AbortSignal,
): Promise<BotIdentity> {
  const bot = options.bot ?? (await askUntilKnown())
  options.onIdentified?.(bot)
  return bot

  async function askUntilKnown(): Promise<BotIdentity> {
    for (;;) {
      try {
        return await identifyBot(options.api, signal)
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof TelegramError ? error.cause : error
        await trouble.sit(cause, 'getMe', signal)
      }
    }
  }
}
