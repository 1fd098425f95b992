import { authorizationHeaders } from './base-url.ts'
import { createBoundedFetch } from './bounded-fetch.ts'
import type { Fetch } from './bounded-fetch.ts'
import type { ModelServer } from './selection.ts'

/** What the vendors' own clients need. Address and key are always given: left out, they would be read from the process. */
export function providerSettings({ baseUrl, apiKey = '', headers }: ModelServer): {
  baseURL: string
  apiKey: string
  headers: Record<string, string>
  fetch: Fetch
} {
  return { baseURL: baseUrl, apiKey, headers: { ...headers }, fetch: createBoundedFetch() }
}

/** What the client for compatible servers needs. */
export function compatibleSettings(server: ModelServer): {
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
    fetch: createBoundedFetch(),
  }
}
