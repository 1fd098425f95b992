import { isIP } from 'node:net'
import { PermissionError } from '@pluggram/sdk'
import { coversHost } from '../grants.ts'
import { isPublicAddress } from './public-address.ts'

/** The hosts one plugin may reach. */
export class HostGrants {
  readonly #plugin: string
  readonly #patterns: readonly string[]

  constructor(plugin: string, patterns: readonly string[]) {
    this.#plugin = plugin
    this.#patterns = patterns.map((pattern) => withoutBrackets(pattern.toLowerCase()))
  }

  /**
   * Checks the target of a request or redirect by name.
   * @throws PermissionError
   */
  checkUrl(url: URL): void {
    const host = hostOf(url)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw this.#refuse(`${url.protocol}//${host}`)
    // with '*' only the address decides
    if (!this.#patterns.some((pattern) => pattern === '*' || coversHost(pattern, host))) {
      throw this.#refuse(host)
    }
    if (isIP(host) !== 0) this.checkAddress(host, host)
  }

  /**
   * Checks the address of a name when the socket connects. A name may resolve to public addresses
   * only; an address inside the owner's network must be granted numerically.
   * @throws PermissionError
   */
  checkAddress(host: string, address: string): void {
    if (isPublicAddress(address)) return
    const name = withoutBrackets(host.toLowerCase())
    const isNamed = this.#patterns.includes(name)
    if (isNamed && (isIP(name) !== 0 || name === 'localhost')) return
    throw new PermissionError(
      `Plugin ${this.#plugin} may not reach ${host}: it leads to ${address}, which is not on the public internet. If that is meant, its manifest has to ask for network: ["${address}"], and you have to grant it.`,
    )
  }

  #refuse(host: string): PermissionError {
    return new PermissionError(
      `Plugin ${this.#plugin} may not reach ${host}. Its manifest has to ask for it with permissions: { network: ["${host}"] }, and its owner has to grant it.`,
    )
  }
}

/** The host of a URL in lower case, without brackets or a trailing dot. */
export function hostOf(url: URL): string {
  return withoutBrackets(url.hostname.toLowerCase()).replace(/\.$/, '')
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
