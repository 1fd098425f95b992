import { createHash } from 'node:crypto'
import { toResponse } from '@pluggram/services/plugin-side'
import CachePolicy from 'http-cache-semantics'
import { LRUCache } from 'lru-cache'

const MAX_BYTES = 8 * 1_048_576
const MAX_ANSWER_BYTES = 1_048_576
const MAX_ENTRIES = 1_000

interface Entry {
  readonly policy: CachePolicy
  readonly answer: {
    readonly url: string
    readonly status: number
    readonly statusText: string
    readonly redirected: boolean
    readonly body: Uint8Array<ArrayBuffer>
  }
}

type Fetch = (request: Request) => Promise<Response>

/** One plugin's private HTTP cache (RFC 9111), without heuristic freshness. */
export class ResponseCache {
  readonly #entries = new LRUCache<string, Entry>({
    max: MAX_ENTRIES,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ answer }) => answer.body.byteLength + 1_000,
  })

  /**
   * Answers from the cache if the entry is fresh, and calls `onHit`. A stale entry is revalidated
   * if possible.
   */
  async fetch(request: Request, send: Fetch, onHit: () => void): Promise<Response> {
    if (request.method !== 'GET' || request.cache === 'no-store') return send(request)
    const key = keyOf(request)
    const asked = describeRequest(request)
    const known = this.#entries.get(key)
    if (known && request.cache !== 'reload' && known.policy.satisfiesWithoutRevalidation(asked)) {
      onHit()
      return revive(known, known.policy.responseHeaders())
    }
    if (!known) return this.#keep(key, asked, await send(request))
    const headers = new Headers(flat(known.policy.revalidationHeaders(asked)))
    const response = await send(new Request(request, { headers }))
    const described = describeResponse(response)
    const { policy, modified, matches } = known.policy.revalidatedPolicy(asked, described)
    if (response.status !== 304 || modified || !matches) return this.#keep(key, asked, response)
    const fresh = { policy, answer: known.answer }
    this.#entries.set(key, fresh)
    onHit()
    return revive(fresh, policy.responseHeaders())
  }

  async #keep(key: string, asked: CachePolicy.Request, response: Response): Promise<Response> {
    const policy = new CachePolicy(asked, describeResponse(response), { shared: false, cacheHeuristic: 0 })
    const isWorthIt =
      response.status === 200 &&
      policy.storable() &&
      (policy.timeToLive() > 0 || response.headers.has('etag') || response.headers.has('last-modified'))
    if (!isWorthIt) {
      this.#entries.delete(key)
      return response
    }
    const body = new Uint8Array(await response.clone().arrayBuffer())
    if (body.byteLength > MAX_ANSWER_BYTES) return response
    const { url, status, statusText, redirected } = response
    this.#entries.set(key, { policy, answer: { url, status, statusText, redirected, body } })
    return response
  }
}

/** Requests with different credentials never share an entry. */
function keyOf(request: Request): string {
  const rights = [request.headers.get('authorization'), request.headers.get('cookie'), request.redirect]
  return createHash('sha256')
    .update(JSON.stringify([request.url, ...rights]))
    .digest('base64')
}

function revive({ answer }: Entry, headers: CachePolicy.Headers): Response {
  return toResponse({ ...answer, headers: Object.entries(flat(headers)) })
}

function describeRequest({ url, method, headers }: Request): CachePolicy.Request {
  return { url, method, headers: Object.fromEntries(headers) }
}

function describeResponse({ status, headers }: Response): CachePolicy.Response {
  return { status, headers: Object.fromEntries(headers) }
}

function flat(headers: CachePolicy.Headers): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : String(value)]],
  )
  return Object.fromEntries(entries)
}
