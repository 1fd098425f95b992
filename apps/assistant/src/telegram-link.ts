import { join } from 'node:path'
import { parseProxyAddress } from '@pluggram/base'
import type { ProxyAddress, ProxyFor } from '@pluggram/base'
import type { BotApiEmulator } from '@pluggram/bot-api-emulator'
import type { LoadedConfiguration } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import { startPlaygroundTelegram } from './playground-state.ts'

/** The Bot API that the assistant uses, and its token. */
export interface TelegramLink {
  readonly token: string
  /** Absent for Telegram's own servers. */
  readonly apiRoot?: string
  /** The proxy to it right now. */
  proxy?(): ProxyAddress | undefined
  /** Present when the assistant emulates Telegram, for the playground. */
  readonly emulator?: BotApiEmulator
}

/**
 * With a bot token the assistant connects to Telegram; without one it starts an emulated Telegram.
 */
export async function connectTelegram(
  configuration: LoadedConfiguration,
  { proxyFor, ownProxy }: { readonly proxyFor: ProxyFor; ownProxy(): string | undefined },
  logger: Logger,
): Promise<TelegramLink> {
  const { telegram, assistant } = configuration.settings
  if (telegram.botToken !== undefined) {
    const { botToken: token, apiRoot } = telegram
    const root = new URL(apiRoot ?? 'https://api.telegram.org')
    const proxy = (): ProxyAddress | undefined => {
      const own = ownProxy()
      return own === undefined ? proxyFor(root) : parseProxyAddress(own)
    }
    return { token, proxy, ...(apiRoot !== undefined && { apiRoot }) }
  }
  const emulator = await startPlaygroundTelegram(
    join(configuration.home, 'data', 'playground.state'),
    { driverRoutes: false, bot: { username: 'pluggram_bot', firstName: assistant.name } },
    logger,
  )
  return { token: emulator.token, apiRoot: emulator.url, emulator }
}
