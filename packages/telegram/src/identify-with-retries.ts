import { TelegramError } from './errors.ts'
import { identifyBot } from './identify-bot.ts'
import type { BotIdentity } from './identify-bot.ts'
import type { SourceOptions } from './source.ts'
import type { Trouble } from './source-trouble.ts'

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
