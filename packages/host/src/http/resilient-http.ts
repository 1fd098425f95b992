import { createRateLimits } from '@pluggram/services'
import { isPluggramError, LimitError } from '@pluggram/sdk'
import type { HttpService } from '@pluggram/sdk'
import { HostCircuits } from './host-circuits.ts'
import type { HostCircuitsOptions } from './host-circuits.ts'
import { hostOf } from './host-grants.ts'
import { ResponseCache } from './response-cache.ts'

/** The outcome of a request. */
export type RequestOutcome =
  | 'ok'
  | 'client-error'
  | 'server-error'
  | 'failed'
  | 'refused'
  | 'limited'
  | 'open'
  | 'cached'

export interface ResilientHttpOptions {
  /** The client that makes the requests. */
  readonly client: HttpService
  /** Called with the outcome of each request; must not throw. */
  onOutcome(outcome: RequestOutcome): void
  readonly circuits?: HostCircuitsOptions
  /** Limit for requests to one host: a burst, then a rate. Default 1,000 and 200 a second. */
  readonly perHost?: { readonly burst: number; readonly perSecond: number }
  /** How many requests of the plugin may run at once. Default 256. */
  readonly maxUnderWay?: number
}

const PER_HOST = { burst: 1_000, perSecond: 200 }
const MAX_UNDER_WAY = 256

/** Adds a cache, and rate limits and a circuit breaker for each host, to a plugin's client. */
export function createResilientHttp(options: ResilientHttpOptions): HttpService {
  const { client, onOutcome, perHost = PER_HOST, maxUnderWay = MAX_UNDER_WAY } = options
  const cache = new ResponseCache()
  const circuits = new HostCircuits(options.circuits)
  const limits = createRateLimits().forPlugin('http')
  const rule = { points: perHost.burst, seconds: perHost.burst / perHost.perSecond }
  let underWay = 0

  async function send(request: Request): Promise<Response> {
    const host = hostOf(new URL(request.url))
    const { isAllowed, retryAfterSeconds } = await limits.take(host, rule)
    if (!isAllowed || underWay >= maxUnderWay) {
      throw new LimitError(
        'network-limited',
        isAllowed
          ? `${maxUnderWay} requests are under way already; wait for some of them.`
          : `${host} is asked too often: ${perHost.perSecond} requests a second, ${perHost.burst} at once.`,
        { retryAfterSeconds: isAllowed ? 1 : retryAfterSeconds },
      )
    }
    underWay += 1
    try {
      return await circuits.run(host, request.signal, () => client.fetch(request))
    } finally {
      underWay -= 1
    }
  }

  return {
    async fetch(input, init) {
      let isCached = false
      try {
        const response = await cache.fetch(new Request(input, init), send, () => (isCached = true))
        onOutcome(isCached ? 'cached' : outcomeOf(response.status))
        return response
      } catch (error) {
        onOutcome(failureOf(error))
        throw error
      }
    },
  }
}

function outcomeOf(status: number): RequestOutcome {
  if (status >= 500) return 'server-error'
  return status >= 400 ? 'client-error' : 'ok'
}

function failureOf(error: unknown): RequestOutcome {
  const code = isPluggramError(error) ? error.code : undefined
  if (code === 'permission-missing') return 'refused'
  if (code === 'network-limited') return 'limited'
  return code === 'network-open' ? 'open' : 'failed'
}
