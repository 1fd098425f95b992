import { authorizationHeaders } from './base-url.ts'
import type { Fetch } from './bounded-fetch.ts'
import type { ModelServer } from './selection.ts'

/**
 * Settings for the vendors' clients. Address and key are always set, because otherwise the clients
 * read them from the environment.
 */
export function providerSettings(
  { baseUrl, apiKey = '', headers }: ModelServer,
  fetch: Fetch,
): {
  baseURL: string
  apiKey: string
  headers: Record<string, string>
  fetch: Fetch
} {
  return { baseURL: baseUrl, apiKey, headers: { ...headers }, fetch }
}

/** Settings for the client of compatible servers. */
export function compatibleSettings(
  server: ModelServer,
  fetch: Fetch,
): {
  name: string
  baseURL: string
  headers: Record<string, string>
  queryParams?: Record<string, string>
  includeUsage: true
  fetch: Fetch
} {
  return {
    name: 'openai-compatible',
    baseURL: server.baseUrl,
    headers: authorizationHeaders(server),
    ...(server.queryParameters && { queryParams: { ...server.queryParameters } }),
    includeUsage: true,
    fetch,
  }
}
