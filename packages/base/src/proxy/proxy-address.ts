/** A proxy through which connections are made. */
export interface ProxyAddress {
  readonly protocol: 'http:' | 'https:' | 'socks5:'
  readonly host: string
  readonly port: number
  /** `host:port`, for messages: an address may hold a password. */
  readonly name: string
  readonly username: string
  readonly password: string
}

const PORTS = { 'http:': 80, 'https:': 443, 'socks5:': 1_080 } as const
/** SOCKS's other spellings: here, the proxy always looks up the names. */
const SPELLINGS: Readonly<Record<string, keyof typeof PORTS>> = {
  'http:': 'http:',
  'https:': 'https:',
  'socks:': 'socks5:',
  'socks5:': 'socks5:',
  'socks5h:': 'socks5:',
}

/**
 * Parses a proxy's address: `http://user:password@host:port`, `https://…`, `socks5://…`, or only
 * `host:port`. `undefined` if it is none; nothing of it may be shown then.
 */
export function parseProxyAddress(text: string): ProxyAddress | undefined {
  const written = text.trim()
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`)
  const protocol = url ? SPELLINGS[url.protocol] : undefined
  if (!url || !protocol || url.hostname === '' || /\s/.test(written)) return undefined
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') return undefined
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // URL leaves out the port that is usual for its protocol
  const port = url.port === '' ? PORTS[protocol] : Number(url.port)
  const [username, password] = [decode(url.username), decode(url.password)]
  if (port === 0 || username === undefined || password === undefined) return undefined
  const shown = host.includes(':') ? `[${host}]` : host
  return { protocol, host, port, name: `${shown}:${port}`, username, password }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
