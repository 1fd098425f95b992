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
   * Checks where a request or a redirect leads, by name.
   * @throws PermissionError
   */
  checkUrl(url: URL): void {
    const host = hostOf(url)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw this.#refuse(`${url.protocol}//${host}`)
    // with '*' it is the address that decides
    if (!this.#patterns.some((pattern) => pattern === '*' || coversHost(pattern, host))) {
      throw this.#refuse(host)
    }
    if (isIP(host) !== 0) this.checkAddress(host, host)
  }

  /**
   * Checks the address that a name leads to, when it is connected to. A name may lead to a public address only; an address
   * inside the owner's network must be granted as such.
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

/** The host of an address as a person writes it: lower case, no brackets, no closing dot. */
export function hostOf(url: URL): string {
  return withoutBrackets(url.hostname.toLowerCase()).replace(/\.$/, '')
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
