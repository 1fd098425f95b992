import net from 'node:net'
import tls from 'node:tls'
import type { ProxyFor } from './proxies.ts'
import type { ProxyAddress } from './proxy-address.ts'
import { openTunnel, ProxyError } from './tunnel.ts'

/** What undici asks of a connector. */
export interface ConnectOptions {
  readonly hostname: string
  readonly protocol: string
  readonly port: string
  readonly servername?: string | null | undefined
}
type Connected = (...answer: [error: null, socket: net.Socket] | [error: Error, socket: null]) => void

/** Opens connections for undici, as its `connect` option. */
export type Connect<Options extends ConnectOptions> = (options: Options, callback: Connected) => unknown

/**
 * A connector that goes through a proxy where there is one, and directly where there is none.
 * @param pin finds the address to connect to, for names that the proxy must not look up itself
 */
export function createProxiedConnect<Options extends ConnectOptions>(
  proxyFor: ProxyFor,
  direct: Connect<Options>,
  pin?: (hostname: string) => Promise<string>,
): Connect<Options> {
  return (options, answer) => {
    const { hostname, protocol, port } = options
    const proxy = proxyFor(
      new URL(`${protocol}//${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`),
    )
    if (proxy === undefined) return direct(options, answer)
    connectBehind(proxy, options, pin).then(
      (socket) => answer(null, socket),
      (error: Error) => answer(error, null),
    )
    return undefined
  }
}

/** A connection to a host behind a proxy, encrypted if the host's protocol is. */
export async function connectBehind(
  proxy: ProxyAddress,
  { hostname, protocol, port, servername }: ConnectOptions,
  pin: (hostname: string) => Promise<string> = async (name) => name,
): Promise<net.Socket> {
  const isSecure = protocol === 'https:'
  const host = await pin(hostname)
  const socket = await openTunnel(proxy, { host, port: port === '' ? (isSecure ? 443 : 80) : Number(port) })
  socket.setNoDelay(true)
  return isSecure ? encrypt(socket, servername ?? hostname) : socket
}

function encrypt(socket: net.Socket, name: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const secure = tls.connect({
      socket,
      ALPNProtocols: ['http/1.1'],
      ...(net.isIP(name) === 0 ? { servername: name } : { host: name }),
    })
    secure.once('secureConnect', () => {
      secure.off('error', reject)
      resolve(secure)
    })
    secure.once('error', reject)
  })
}

/** What a proxy did not do, if an error or one of its causes says so. */
export function proxyFailure(error: unknown): string | undefined {
  let current = error
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if (current instanceof ProxyError) return current.message
    current =
      current.cause ?? (current instanceof AggregateError ? current.errors[0] : Reflect.get(current, 'error'))
  }
  return undefined
}
