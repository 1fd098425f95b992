import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { PermissionError } from '@pluggram/sdk'
import { coversHost } from '../grants.ts'
import { isPublicAddress } from './public-address.ts'

/** A granted host; with a port, that port alone. */
interface HostGrant {
  readonly host: string
  readonly port?: string
}

/** The hosts one plugin may reach. */
export class HostGrants {
  readonly #plugin: string
  readonly #grants: readonly HostGrant[]
  readonly #ownPort: () => number | undefined

  /** @param ownPort the port of the assistant's own web server */
  constructor(
    plugin: string,
    patterns: readonly string[],
    ownPort: () => number | undefined = () => undefined,
  ) {
    this.#plugin = plugin
    this.#grants = patterns.map(readGrant)
    this.#ownPort = ownPort
  }

  /**
   * Checks the target of a request or redirect by name.
   * @throws PermissionError
   */
  checkUrl(url: URL): void {
    const host = hostOf(url)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw this.#refuse(`${url.protocol}//${host}`)
    const port = portOf(url)
    const granted = this.#grants.filter((grant) => covers(grant, host, port))
    if (granted.length === 0) throw this.#refuse(host)
    if (isIP(host) !== 0) this.checkAddress(host, host)
    const isOwnDoor = port === String(this.#ownPort() ?? '') && isThisMachine(host)
    if (isOwnDoor && !granted.some((grant) => grant.port !== undefined)) {
      throw new PermissionError(
        `Plugin ${this.#plugin} may not reach the assistant's own web server at ${host}:${port}. If that is meant, its manifest has to ask for network: ["${host}:${port}"], and you have to grant it.`,
      )
    }
  }

  /**
   * Checks the address of a name when the socket connects. A name may resolve to public addresses
   * only; an address inside the owner's network must be granted numerically.
   * @throws PermissionError
   */
  checkAddress(host: string, address: string): void {
    if (isPublicAddress(address)) return
    const name = withoutBrackets(host.toLowerCase())
    const isNamed = this.#grants.some((grant) => grant.host === name)
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

/** `api.example.com`, `localhost:8080` or `[::1]:8080`. A plain IPv6 address has no port. */
function readGrant(pattern: string): HostGrant {
  const plain = pattern.toLowerCase()
  const parts = isIP(plain) === 6 ? undefined : /^(?<host>.+):(?<port>\d{1,5})$/.exec(plain)?.groups
  const { host = plain, port } = parts ?? {}
  return { host: withoutBrackets(host), ...(port !== undefined && { port }) }
}

function covers({ host: pattern, port: only }: HostGrant, host: string, port: string): boolean {
  if (only !== undefined && only !== port) return false
  // with '*' only the address decides
  return pattern === '*' || coversHost(pattern, host)
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port
}

/** Names and addresses of this machine; a name that resolves to one of them is refused as private. */
function isThisMachine(host: string): boolean {
  if (host === 'localhost' || isUnspecifiedOrLoopback(host)) return true
  return Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === host))
}

function isUnspecifiedOrLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/, '')
  return (
    ['::', '::1', '0.0.0.0'].includes(address) ||
    address.startsWith('127.') ||
    /^7f[0-9a-f]{2}:/.test(address)
  )
}

/** The host of a URL in lower case, without brackets or a trailing dot. */
export function hostOf(url: URL): string {
  return withoutBrackets(url.hostname.toLowerCase()).replace(/\.$/, '')
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
