import { isIP } from 'node:net'

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1']

export interface RequestGuardOptions {
  /** Host names the owner allows besides loopback, without port. */
  readonly allowedHosts: readonly string[]
}

/**
 * Refuses requests that a foreign web page made the browser send: a name that was rebound to our
 * address shows in `Host`, another site shows in `Origin`.
 */
export class RequestGuard {
  readonly #names: ReadonlySet<string>

  constructor(options: RequestGuardOptions) {
    this.#names = new Set([...LOOPBACK_NAMES, ...options.allowedHosts.map((name) => name.toLowerCase())])
  }

  /** Whether a browser that trusts this assistant would send that `Host`. */
  isOwnHost(host: string | undefined): boolean {
    const name = hostName(host)
    return name !== undefined && this.#names.has(name)
  }

  /** Probes come by address, too; an address cannot be rebound. */
  isProbeHost(host: string | undefined): boolean {
    const name = hostName(host)
    return name !== undefined && (this.#names.has(name) || isIP(name) !== 0)
  }

  /** No `Origin`, or the page's own: same name and port as `Host`. */
  isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return true
    const parsed = URL.canParse(origin) ? new URL(origin) : undefined
    if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return false
    return parsed.host === host?.toLowerCase()
  }
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined || !/^[a-z0-9.:[\]_-]+$/i.test(host)) return undefined
  const url = `http://${host}`
  if (!URL.canParse(url)) return undefined
  const { hostname } = new URL(url)
  return hostname.replace(/^\[|\]$/g, '').toLowerCase()
}
