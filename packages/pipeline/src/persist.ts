import { wait } from '@pluggram/base'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

const RETRY_MS = 1_000

/**
 * Retries a write until it succeeds or the assistant stops. A full disk must not lose accepted
 * updates or the records of sent messages.
 */
export function persist<T>(job: () => Promise<T>, logger: Logger, signal: AbortSignal): Promise<T> {
  return job().catch(async (failure: unknown) => {
    logger.error('cannot write to the database; retrying until it works', {
      error: errorMessage(failure),
      err: failure,
    })
    for (let error = failure; ;) {
      if (signal.aborted) throw error
      await wait(RETRY_MS, signal)
      try {
        return await job()
      } catch (again) {
        error = again
      }
    }
  })
}
