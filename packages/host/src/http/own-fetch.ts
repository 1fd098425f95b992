import { AsyncLocalStorage } from 'node:async_hooks'
import type { HttpService, PluginManifest, Services } from '@pluggram/sdk'
import { isAtHost } from './edge-credentials.ts'

/** The client of a plugin inside the assistant that has credentials. */
export interface OwnFetch {
  covers(url: URL): boolean
  readonly fetch: HttpService['fetch']
}

const clients = new AsyncLocalStorage<OwnFetch>()
let isInstalled = false

/** The plugin's client for hosts of its credentials; `undefined` for a plugin without any. */
export function ownFetchOf(
  { credentials }: Pick<PluginManifest, 'credentials'>,
  { http }: Pick<Services, 'http'>,
): OwnFetch | undefined {
  const hosts = Object.values(credentials ?? {}).flatMap((definition) => definition.hosts)
  if (hosts.length === 0) return undefined
  return {
    covers: (url) => hosts.some((host) => isAtHost(host, url)),
    fetch: (input, init) => http.fetch(input, init),
  }
}

/**
 * Runs a plugin's code so that the global `fetch`, which all plugins inside the assistant share, goes
 * through the plugin's own client where it has a credential.
 */
export function withOwnFetch<T>(own: OwnFetch | undefined, work: () => T): T {
  if (!own) return work()
  install()
  return clients.run(own, work)
}

function install(): void {
  if (isInstalled) return
  isInstalled = true
  const shared = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const own = clients.getStore()
    const url = own && URL.parse(input instanceof Request ? input.url : String(input))
    return url && own.covers(url) ? own.fetch(input, init) : shared(input, init)
  }
}
