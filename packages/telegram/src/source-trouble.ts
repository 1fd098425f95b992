import { createBackoff, wait } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import { toTelegramError } from './errors.ts'
import type { TelegramError } from './errors.ts'
import { DEFAULT_BACKOFF, DEFAULT_CONFLICT_BACKOFF, DEFAULT_SLOW_BACKOFF } from './source.ts'
import type { SourceOptions } from './source.ts'
import { stateAfterError } from './source-status.ts'
import type { SourceState, StatusTracker } from './source-status.ts'

/** What a source does after a failed call: say it once, show it in the status, wait ever longer. */
export interface Trouble {
  /** Records the failure and waits before the next try; rejects when `signal` is aborted. */
  sit(error: unknown, method: string, signal: AbortSignal): Promise<void>
  /** Updates flow again. */
  over(state: 'polling' | 'receiving'): void
}

const ADVICE: Partial<Record<SourceState, string>> = {
  conflict:
    'Another program receives updates with this bot token: stop it, or give each its own token. Trying again until it is gone',
  unauthorized:
    'Telegram does not know this bot token: check TELEGRAM_BOT_TOKEN (@BotFather shows it). Trying again slowly',
  unreachable: 'Telegram cannot be reached. Trying again',
  refused: 'Telegram refused the request. Trying again slowly',
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
      if (announced !== undefined) logger.info('Updates from Telegram flow again')
      announced = undefined
    },
  }
}
