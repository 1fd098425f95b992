import { isIP } from 'node:net'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** Headers by which proxies, tunnels and content networks tell of themselves. */
const PROXY_HEADER =
  /^(?:via|forwarded|cdn-loop|client-ip|x-real-ip|x-real-port|x-client-ip|x-cluster-client-ip|x-remote-(?:ip|addr)|true-client-ip|front-end-https|x-(?:original-)?forwarded(?:-.+)?|x-original-(?:host|url|uri|proto)|x-proxy(?:user)?-.+|x-envoy-.+|x-amz.*|x-azure-.+|x-arr-.+|x-appengine-.+|x-cloud-trace-context|x-tailscale-.+|x-ngrok-.+|(?:cf|fly|fastly|akamai|incap|sucuri|tailscale|ngrok|cloudfront)-.+)$/

/** Names by which a program on this machine asks. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** Whether the request comes from a program on this machine, and no proxy passed it on. */
export function isTrueLoopback({ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>): boolean {
  return (
    isLoopback(plainAddress(raw.socket.remoteAddress)) &&
    LOOPBACK_HOST.test(headers.host ?? '') &&
    !isProxied(headers)
  )
}

/**
 * Who is asking, to count wrong passwords: an address, or the network of an IPv6 address. Behind a
 * proxy on this machine it is the address that the proxy reports last.
 */
export function clientAddress({ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>): string {
  const address = plainAddress(raw.socket.remoteAddress)
  if (!isLoopback(address)) return networkOf(address)
  const forwarded = String(headers['x-forwarded-for'] ?? '')
  const last = plainAddress(forwarded.split(',').at(-1)?.trim())
  return networkOf(isIP(last) === 0 ? address : last)
}

/** Whether the browser opened the page by https, directly or through a proxy. */
export function isHttps({ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>): boolean {
  if ('encrypted' in raw.socket && raw.socket.encrypted === true) return true
  const proto = String(headers['x-forwarded-proto'] ?? '')
    .split(',')[0]
    ?.trim()
  return (
    proto === 'https' ||
    headers.origin?.startsWith('https://') === true ||
    /;?\s*proto="?https/i.test(headers.forwarded ?? '') ||
    headers['front-end-https'] === 'on'
  )
}

function isProxied(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => PROXY_HEADER.test(name))
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/i, '')
}

/** Whoever has one IPv6 address usually has all of its /64. */
function networkOf(address: string): string {
  return isIP(address) === 6 ? address.split(':').slice(0, 4).join(':') : address
}
