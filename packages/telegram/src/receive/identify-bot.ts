import { PluggramError } from '@pluggram/sdk'
import type { Api } from 'grammy'
import { toGrammySignal } from '../api/api.ts'
import { toTelegramError } from '../api/errors.ts'

/** Who the bot is (Bot API: getMe). */
export interface BotIdentity {
  readonly id: number
  readonly username: string
  readonly firstName: string
}

/**
 * Asks Telegram who the bot is.
 * @throws PluggramError `startup-failed`: the token is unknown, or (retryable) Telegram cannot be
 * reached
 */
export async function identifyBot(api: Api, signal?: AbortSignal): Promise<BotIdentity> {
  try {
    const me = await api.getMe(signal && toGrammySignal(signal))
    return { id: me.id, username: me.username, firstName: me.first_name }
  } catch (error) {
    const failure = toTelegramError(error, 'getMe', api.token)
    if (failure.errorCode === 401 || failure.errorCode === 404) {
      throw new PluggramError(
        'startup-failed',
        'Telegram does not know this bot: check TELEGRAM_BOT_TOKEN (@BotFather makes tokens and shows current ones)',
        { cause: failure },
      )
    }
    throw new PluggramError('startup-failed', failure.message, {
      cause: failure,
      isRetryable: failure.isRetryable,
    })
  }
}
