import type { ProxyFor } from '@pluggram/base'
import { createGuardedHttp } from '@pluggram/host'
import type { PluginPermissions } from '@pluggram/sdk'
import type { FetchFile } from '@pluggram/telegram'

export interface MediaFetcherOptions {
  readonly proxyFor: ProxyFor
  /** The port of the assistant's own web server, once it listens. */
  ownPort(): number | undefined
}

/** Names the assistant in errors about its own messages. */
const ASSISTANT = 'assistant'

/**
 * Fetches files that plugins name by an address and Telegram could not fetch. Everything on the
 * public internet may be asked for, since Telegram was asked too; a host inside the owner's network
 * only when the plugin was granted it.
 */
export class MediaFetcher {
  readonly #options: MediaFetcherOptions
  readonly #granted = new Map<string, readonly string[]>()

  constructor(options: MediaFetcherOptions) {
    this.#options = options
  }

  /** Notes what a plugin was granted. */
  grant(plugin: string, permissions: PluginPermissions | undefined): void {
    this.#granted.set(plugin, permissions?.network ?? [])
  }

  readonly fetch: FetchFile = async (address, { plugin = ASSISTANT, signal }) => {
    const connections: (() => Promise<void>)[] = []
    const client = createGuardedHttp({
      plugin,
      permissions: { network: [...(this.#granted.get(plugin) ?? []), '*'] },
      ownPort: () => this.#options.ownPort(),
      proxyFor: this.#options.proxyFor,
      // the sender logs why it sends the words alone
      onRefused: () => {},
      onOpen: (close) => connections.push(close),
    })
    try {
      return await client.fetch(address, { signal })
    } finally {
      // such files are too rare to keep connections
      await Promise.all(connections.map((close) => close()))
    }
  }
}
