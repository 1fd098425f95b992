import { BlockList, isIP } from 'node:net'
import { parseProxyAddress } from './proxy-address.ts'
import type { ProxyAddress } from './proxy-address.ts'

/** The variables that programs read their proxies from, without their names. */
export interface ProxySettings {
  readonly httpProxy?: string | undefined
  readonly httpsProxy?: string | undefined
  /** For what has no proxy of its own. */
  readonly allProxy?: string | undefined
  /** What is reached directly, as in `NO_PROXY`. */
  readonly noProxy?: string | undefined
}

/** Finds the proxy for an address; `undefined`: it is reached directly. */
export type ProxyFor = (url: URL) => ProxyAddress | undefined

/** Which addresses go through which proxy. This machine's own are always reached directly. */
export function createProxies(settings: ProxySettings): ProxyFor {
  const byProtocol: Readonly<Record<string, ProxyAddress | undefined>> = {
    'http:': parse(settings.httpProxy ?? settings.allProxy),
    'https:': parse(settings.httpsProxy ?? settings.allProxy),
  }
  const isDirect = readNoProxy(settings.noProxy ?? '')
  return (url) => {
    const proxy = byProtocol[url.protocol]
    return proxy === undefined || isDirect(url) ? undefined : proxy
  }
}

/** The same for settings that change: connections made from then on go through the new proxies. */
export function followProxies(settings: () => ProxySettings): ProxyFor {
  let read = settings()
  let proxyFor = createProxies(read)
  return (url) => {
    const now = settings()
    if (now !== read) {
      read = now
      proxyFor = createProxies(now)
    }
    return proxyFor(url)
  }
}

function parse(text: string | undefined): ProxyAddress | undefined {
  return text === undefined ? undefined : parseProxyAddress(text)
}

/**
 * `NO_PROXY` as curl, Go and Python read it: `*`, names that cover what is below them
 * (`example.com`, `.example.com`, `*.example.com`), addresses, blocks (`10.0.0.0/8`), each with or
 * without a port.
 */
function readNoProxy(list: string): (url: URL) => boolean {
  const rules = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(readRule)
  return (url) => {
    const host = url.hostname
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.$/, '')
      .toLowerCase()
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
    return isThisMachine(host) || rules.some((covers) => covers(host, port))
  }
}

type Rule = (host: string, port: string) => boolean

function readRule(entry: string): Rule {
  if (entry === '*') return () => true
  const [, bracketed, plain = '', only] =
    /^(?:\[(.+)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
  const written = (bracketed ?? plain).replace(/^\*?\./, '').replace(/\.$/, '')
  const [address = '', bits] = written.split('/')
  const family = isIP(address)
  if (family !== 0) {
    const block = new BlockList()
    const most = family === 4 ? 32 : 128
    const length = bits === undefined ? most : Number(bits)
    if (Number.isInteger(length) && length >= 0 && length <= most)
      block.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6')
    return (host, port) =>
      isIP(host) !== 0 && isPort(only, port) && block.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')
  }
  return (host, port) =>
    written !== '' && isPort(only, port) && (host === written || host.endsWith(`.${written}`))
}

function isPort(only: string | undefined, port: string): boolean {
  return only === undefined || only === port
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** A model server on this machine is never behind a proxy elsewhere. */
function isThisMachine(host: string): boolean {
  const family = isIP(host)
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost')
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
