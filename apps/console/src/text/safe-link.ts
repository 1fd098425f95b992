const ALLOWED_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'tg:', 'mailto:'])

/**
 * The address that a link may open; `undefined` if it must not be a link (`javascript:`, `data:`
 * …). An address without a scheme is treated as https.
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

/**
 * Whether an address such as `localhost:8080/x` is a host with a port. A URL parser would take the
 * host for a scheme.
 */
function isHostWithPort(address: string): boolean {
  return /^[a-z\d.-]+:\d{1,5}(?:[/?#]|$)/iu.test(address)
}
