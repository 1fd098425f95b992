const ALLOWED_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'tg:', 'mailto:'])

/**
 * The address a link may open, or `undefined` when it must not be a link at all (`javascript:`, `data:` …).
 * A bare host, as people and Telegram write it, is taken for https.
 */
export function safeLink(address: string): string | undefined {
  const trimmed = address.trim()
  const candidate =
    /^[a-z][a-z\d+.-]*:/iu.test(trimmed) && !isHostWithPort(trimmed) ? trimmed : `https://${trimmed}`
  if (!URL.canParse(candidate)) return undefined
  const url = new URL(candidate)
  if (!ALLOWED_PROTOCOLS.has(url.protocol)) return undefined
  if (/^https?:$/u.test(url.protocol) && url.hostname === '') return undefined
  return url.href
}

/** `localhost:8080/x` reads like a scheme to a URL parser, and is a host with a port. */
function isHostWithPort(address: string): boolean {
  return /^[a-z\d.-]+:\d{1,5}(?:[/?#]|$)/iu.test(address)
}
