import { createBackoff } from './backoff.ts'
import type { BackoffOptions } from './backoff.ts'
import { cancelledError, toTelegramError } from './errors.ts'
import type { FloodHolds } from './flood-holds.ts'
import { wait } from './wait.ts'

export interface Persistence {
  readonly holds: FloodHolds
  /** Delays after failures of the network or of Telegram. Default 0.5 s up to 8 s. */
  readonly backoff?: BackoffOptions | undefined
  /** How often a call is made at most, not counting 429s. Default 5. */
  readonly tries?: number | undefined
}

const DEFAULT_BACKOFF: BackoffOptions = { minimum: 500, maximum: 8000 }

/**
 * Makes a call until it succeeds, is refused for good, or `signal` is aborted. A 429 is waited out exactly
 * and does not count as a try. After a broken connection Telegram may have acted on the call without our
 * knowing; it is made again all the same: a message twice is better than none.
 */
export async function callPersistently<T>(
  call: () => Promise<T>,
  to: { readonly method: string; readonly key: string; readonly signal: AbortSignal },
  { holds, backoff = DEFAULT_BACKOFF, tries = 5 }: Persistence,
): Promise<T> {
  const { method, key, signal } = to
  const delays = createBackoff(backoff)
  let failures = 0
  for (;;) {
    await orCancelled(holds.whenFree(key, signal), method)
    if (signal.aborted) throw cancelledError(method, { wasSent: false })
    try {
      return await call()
    } catch (error) {
      const failure = toTelegramError(error, method)
      if (failure.errorCode === 429 && failure.retryAfterSeconds !== undefined) {
        holds.hold(key, failure.retryAfterSeconds)
        continue
      }
      failures++
      if (!failure.isRetryable || failures >= tries) throw failure
      await orCancelled(wait(delays.next(), signal), method)
    }
  }
}

async function orCancelled(waiting: Promise<void>, method: string): Promise<void> {
  try {
    await waiting
  } catch {
    throw cancelledError(method, { wasSent: false })
  }
}
