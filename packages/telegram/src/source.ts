import type { BackoffOptions } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import type { BotIdentity } from './identify-bot.ts'
import type { SourceStatus } from './source-status.ts'

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
  /** Takes updates over. They count as received only when this resolves; it may resolve late to slow us down. */
  readonly onUpdates: (updates: IncomingUpdate[]) => Promise<void>
  /** Told when a group became a supergroup with another id; perhaps more than once. */
  readonly onChatMigrated?: ((from: number, to: number) => void) | undefined
  readonly logger: Logger
  /** Delays after failures. Default 0.5 s up to 5 s. */
  readonly backoff?: BackoffOptions
  /** Delays while the token is refused (default 5 s up to 60 s) or another program polls (2 s up to 5 s). */
  readonly slowBackoff?: BackoffOptions
}

/** However long Telegram was away, people are answered within seconds when it is back. */
export const DEFAULT_BACKOFF: BackoffOptions = { minimum: 500, maximum: 5000 }
/** Each try ends the other program's poll too, so it is not made at once. */
export const DEFAULT_CONFLICT_BACKOFF: BackoffOptions = { minimum: 2000, maximum: 5000 }
export const DEFAULT_SLOW_BACKOFF: BackoffOptions = { minimum: 5000, maximum: 60_000 }
