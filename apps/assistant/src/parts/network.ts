import { definePart } from '@pluggram/assembly'
import { followProxies, parseProxyAddress } from '@pluggram/base'
import type { ProxyFor } from '@pluggram/base'
import { installProxies } from '@pluggram/host'
import * as tokens from './tokens.ts'

/** The proxies through which everything outside this machine is reached. */
export const networkProxies = definePart({
  name: 'network',
  needs: { settings: tokens.settings, logger: tokens.logger },
  gives: tokens.proxyFor,
  start({ settings, logger }, life) {
    const network = settings.at('network')
    const own = settings.at('telegram', 'proxy')
    const proxyFor = followProxies(() => network.now)
    const everywhere = new EverywhereProxies(proxyFor)
    const use = (): void => {
      const { httpsProxy, httpProxy, allProxy } = network.now
      if (httpsProxy ?? httpProxy ?? allProxy) everywhere.install()
      const written = [httpsProxy, httpProxy, allProxy, own.now]
      const names = written.flatMap((text) =>
        text === undefined ? [] : (parseProxyAddress(text)?.name ?? []),
      )
      if (names.length > 0) logger.info('using proxies', { proxies: [...new Set(names)] })
    }
    use()
    life.onStop(() => everywhere.remove())
    life.onStop(network.onChange(use))
    life.onStop(own.onChange(use))
    return proxyFor
  },
})

/** Proxies for every `fetch` of this process, from the first setting on: without one they cost a client. */
class EverywhereProxies {
  readonly #proxyFor: ProxyFor
  #remove: (() => Promise<void>) | undefined

  constructor(proxyFor: ProxyFor) {
    this.#proxyFor = proxyFor
  }

  install(): void {
    this.#remove ??= installProxies(this.#proxyFor)
  }

  async remove(): Promise<void> {
    await this.#remove?.()
  }
}
