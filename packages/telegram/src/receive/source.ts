import { createBackoff, repeat, wait } from '@pluggram/base'
import type { BackoffOptions, Repetition } from '@pluggram/base'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import { TelegramError, toTelegramError } from '../api/errors.ts'
import type { MembershipListener } from './bot-membership.ts'
import { identifyBot } from './identify-bot.ts'
import type { BotIdentity } from './identify-bot.ts'
import { withPatience } from './patience.ts'

/**
 * The state of an update source.
 *
 * starting → polling | receiving, and from there to an error state and back: `conflict` (another
 * program polls with this token), `unreachable` (network, or Telegram is down), `slow` (answers
 * arrive, but late), `withheld` (updates wait at Telegram, and none arrive), `unauthorized`
 * (wrong token), `refused` (Telegram rejects the webhook). `stopped` is final.
 */
type SourceState =
  | 'starting'
  | 'polling'
  | 'receiving'
  | 'conflict'
  | 'unreachable'
  | 'slow'
  | 'withheld'
  | 'unauthorized'
  | 'refused'
  | 'stopped'

export interface SourceStatus {
  readonly state: SourceState
  /** True when updates can arrive: a long poll is held, or the webhook is set. */
  readonly isReady: boolean
  /** When the state was entered. */
  readonly since: Date
  /** Why the last call failed; cleared when updates arrive again. */
  readonly lastError?: string
  /** When the last poll was answered, or the last update delivered. */
  readonly lastPollAt?: Date
  /** When the last update arrived. */
  readonly lastUpdateAt?: Date
  /** Updates that waited at Telegram when it was last asked. */
  readonly waitingAtTelegram?: number
  /** Absent until Telegram has said who the bot is. */
  readonly bot?: BotIdentity
}

/** Tracks a source's status; `since` changes only with the state. */
export class StatusTracker {
  state: SourceState = 'starting'
  lastPollAt: Date | undefined
  lastUpdateAt: Date | undefined
  waitingAtTelegram: number | undefined
  bot: BotIdentity | undefined
  #since = new Date()
  #lastError: string | undefined

  enter(state: SourceState, lastError?: string): void {
    this.#lastError = lastError
    if (state === this.state || this.state === 'stopped') return
    this.state = state
    this.#since = new Date()
  }

  status(): SourceStatus {
    const { state, lastPollAt, lastUpdateAt, waitingAtTelegram, bot } = this
    return {
      state,
      isReady: state === 'polling' || state === 'receiving',
      since: this.#since,
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
      ...(lastPollAt && { lastPollAt }),
      ...(lastUpdateAt && { lastUpdateAt }),
      ...(waitingAtTelegram !== undefined && { waitingAtTelegram }),
      ...(bot && { bot }),
    }
  }
}

/** The state of a source after a failed call. */
function stateAfterError(error: { readonly errorCode: number | undefined }): SourceState {
  if (error.errorCode === 401 || error.errorCode === 404) return 'unauthorized'
  if (error.errorCode === 409) return 'conflict'
  return error.errorCode === 400 ? 'refused' : 'unreachable'
}

/** Receives updates. It retries forever; only `stop` ends it. */
export interface UpdateSource {
  /** Starts in the background; `status` shows the progress. */
  start(): void
  /** The bot has another token: what was refused is tried again at once. */
  tokenRenewed(): void
  /** Stops the source; resolves when all its work has ended. */
  stop(): Promise<void>
  status(): SourceStatus
}

export interface SourceOptions {
  readonly api: Api
  /** The bot's identity, if already known; otherwise the source asks Telegram first. */
  readonly bot?: BotIdentity
  /** Called once when the status shows the bot's identity, before the first update. */
  readonly onIdentified?: () => void
  /** Called when Telegram says that it does not know the token, before it ever said who the bot is. */
  readonly onRefused?: () => void
  /**
   * Stores updates. They count as received only when this resolves; resolving late slows the source
   * down.
   */
  readonly onUpdates: (updates: readonly IncomingUpdate[]) => Promise<void>
  /** Called with the chat of each update, before `onUpdates`. */
  readonly noteActivity?: (chatId: number) => void
  /** Called when a group became a supergroup with a new id, possibly more than once. */
  readonly onChatMigrated?: ((from: number, to: number) => void) | undefined
  /** Called when a person stopped a text that is being written. */
  readonly onDraftStopped?: ((chatId: number, draftId: number) => void) | undefined
  readonly onMembership?: MembershipListener | undefined
  readonly logger: Logger
  /** Delays after failures. Default 0.5 s up to 5 s. */
  readonly backoff?: BackoffOptions
  /**
   * Delays while the token is refused (default 5 s up to 60 s) or another program polls (2 s up to
   * 5 s).
   */
  readonly slowBackoff?: BackoffOptions
}

/**
 * Short, so that people get answers within seconds once Telegram is back, however long it was down.
 */
export const DEFAULT_BACKOFF: BackoffOptions = { minimum: 500, maximum: 5000 }
/** Each try also ends the other program's poll, so retries wait longer. */
const DEFAULT_CONFLICT_BACKOFF: BackoffOptions = { minimum: 2000, maximum: 5000 }
const DEFAULT_SLOW_BACKOFF: BackoffOptions = { minimum: 5000, maximum: 60_000 }

/** Handles failed calls: logs a new state once, shows it in the status, and backs off. */
export interface Trouble {
  /** Records the failure and waits before the next try; rejects when `signal` is aborted. */
  sit(error: unknown, method: string, signal: AbortSignal): Promise<void>
  /** Ends the wait after a refused token. */
  tokenRenewed(): void
  /** Records a failure that needs no wait. */
  note(state: SourceState, problem: string): void
  /** Notes that updates arrive again. */
  over(state: 'polling' | 'receiving'): void
}

const ADVICE: Partial<Record<SourceState, string>> = {
  conflict:
    'another program receives updates with this bot token; stop it, or use a token of its own; retrying',
  unauthorized:
    'Telegram does not know this bot token; check TELEGRAM_BOT_TOKEN (@BotFather shows it); retrying slowly',
  unreachable: 'cannot reach Telegram; retrying',
  refused: 'Telegram refused the request; retrying slowly',
  slow: 'Telegram answers slowly; messages arrive late',
  withheld: 'messages wait at Telegram, and none arrive; asking for all of them',
}
/** These pass by themselves; everything else needs the owner. */
const PASSING: ReadonlySet<SourceState> = new Set(['unreachable', 'slow', 'withheld'])

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
  let renewal = new AbortController()

  function announce(state: SourceState, error: string): void {
    if (state === announced) return
    announced = state
    logger[PASSING.has(state) ? 'warn' : 'error'](ADVICE[state] ?? error, { error })
  }

  return {
    async sit(error, method, signal): Promise<void> {
      signal.throwIfAborted()
      const failure = toTelegramError(error, method, api.token)
      const state = stateAfterError(failure)
      tracker.enter(state, failure.message)
      announce(state, failure.message)
      const backoff = state === 'unreachable' ? quick : state === 'conflict' ? contested : slow
      // a call that hung was a wait already
      const delay = failure.failure === 'timeout' ? 0 : backoff.next()
      const milliseconds = Math.max(delay, (failure.retryAfterSeconds ?? 0) * 1000)
      if (state !== 'unauthorized') return wait(milliseconds, signal)
      const { signal: renewed } = renewal
      try {
        await wait(milliseconds, AbortSignal.any([signal, renewed]))
      } catch (reason) {
        if (signal.aborted) throw reason
      }
    },
    tokenRenewed(): void {
      slow.reset()
      renewal.abort()
      renewal = new AbortController()
    },
    note(state, problem): void {
      tracker.enter(state, problem)
      announce(state, problem)
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

/** The delay after an error that no source expects. */
const UNEXPECTED_MILLISECONDS = 5_000

/** Keeps a source's work going: whatever it throws, it begins again, until `signal` is aborted. */
export function keepReceiving(
  work: () => Promise<void>,
  {
    logger,
    tracker,
    signal,
    backoff,
  }: Pick<SourceOptions, 'logger' | 'backoff'> & { tracker: StatusTracker; signal: AbortSignal },
): Repetition {
  return repeat(work, {
    everyMs: 0,
    afterErrorMs: backoff?.maximum ?? UNEXPECTED_MILLISECONDS,
    onError(error) {
      if (signal.aborted) return
      tracker.enter('unreachable', errorMessage(error))
      logger.error('receiving updates ended with an unexpected error; it begins again', { err: error })
    },
  })
}

/** How long the first calls may take, so that a start whose connection hangs soon tries another one. */
export const FIRST_CALLS_SECONDS = 10

/** Asks Telegram for the bot's identity until it answers; rejects when `signal` is aborted. */
export async function identifyWithRetries(
  options: Pick<SourceOptions, 'api' | 'bot' | 'onIdentified' | 'onRefused'>,
  { tracker, trouble }: { readonly tracker: StatusTracker; readonly trouble: Trouble },
  signal: AbortSignal,
): Promise<BotIdentity> {
  const bot = options.bot ?? (await askUntilKnown())
  tracker.bot = bot
  options.onIdentified?.()
  return bot

  async function askUntilKnown(): Promise<BotIdentity> {
    for (;;) {
      try {
        const patience = { method: 'getMe', limitSeconds: FIRST_CALLS_SECONDS, signal }
        return (await withPatience((own) => identifyBot(options.api, own), patience)).answer
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof TelegramError ? error.cause : error
        if (cause instanceof TelegramError && stateAfterError(cause) === 'unauthorized') options.onRefused?.()
        await trouble.sit(cause, 'getMe', signal)
      }
    }
  }
}
