import { definePart } from '@pluggram/assembly'
import { createProxies, parseProxyAddress } from '@pluggram/base'
import { installProxies } from '@pluggram/host'
import * as tokens from './tokens.ts'

/** The proxies through which everything outside this machine is reached. */
export const networkProxies = definePart({
  name: 'network',
  needs: { settings: tokens.settings, logger: tokens.logger },
  gives: tokens.proxyFor,
  start({ settings: { now }, logger }, life) {
    const { network, telegram } = now
    const proxyFor = createProxies(network)
    const written = [network.httpsProxy, network.httpProxy, network.allProxy, telegram.proxy]
    const names = written.flatMap((text) => (text === undefined ? [] : (parseProxyAddress(text)?.name ?? [])))
    if (names.length > 0) logger.info('using proxies', { proxies: [...new Set(names)] })
    if (network.httpsProxy ?? network.httpProxy ?? network.allProxy) life.onStop(installProxies(proxyFor))
    return proxyFor
  },
})
