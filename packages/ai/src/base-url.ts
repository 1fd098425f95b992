import { AiError } from '@pluggram/sdk'
import type { ModelServer } from './selection.ts'

/**
 * Parses a configured base URL. A user and password in it become a header: `fetch` rejects them in
 * the address, and errors must not show them.
 * @throws AiError when it is not an http(s) address. The message omits the address, which may
 * contain a password.
 */
export function parseBaseUrl(
  text: string,
  source: string,
): Pick<ModelServer, 'baseUrl' | 'headers' | 'queryParameters'> {
  const url = URL.parse(text.trim())
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AiError(
      'ai-misconfigured',
      `${source} is not a web address. Write it like http://127.0.0.1:11434/v1.`,
    )
  }
  const query = Object.fromEntries(url.searchParams)
  const hasCredentials = url.username !== '' || url.password !== ''
  return {
    baseUrl: displayUrl(url),
    ...(hasCredentials && { headers: { Authorization: basicAuthorization(url) } }),
    ...(Object.keys(query).length > 0 && { queryParameters: query }),
  }
}

/** The address without user, password, query and trailing slash: safe to show. */
function displayUrl(url: URL): string {
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** The URL of `path` below the server's base URL, with the query parameters of every request. */
export function serverUrl(server: Pick<ModelServer, 'baseUrl' | 'queryParameters'>, path: string): string {
  const query = new URLSearchParams(server.queryParameters).toString()
  return `${server.baseUrl}${path}${query && `?${query}`}`
}

/** The authorization headers for a server. A key overrides a user and password in the address. */
export function authorizationHeaders({
  apiKey,
  headers,
}: Pick<ModelServer, 'apiKey' | 'headers'>): Record<string, string> {
  return { ...headers, ...(apiKey && { Authorization: `Bearer ${apiKey}` }) }
}

function basicAuthorization(url: URL): string {
  const pair = `${decode(url.username)}:${decode(url.password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether an address is on this machine. */
export function isLoopback(baseUrl: string): boolean {
  const host = URL.parse(baseUrl)?.hostname ?? ''
  return host === '127.0.0.1' || host === '[::1]' || host === 'localhost'
}
