import { startTimer } from './start-timer.ts'
import type { After } from './start-timer.ts'

export interface DeadlineOptions {
  readonly limitMs: number
  /** How long the work may still take to end once its signal is aborted. */
  readonly graceMs: number
  /** Why the work is aborted at the limit, and what is thrown when it does not end within the grace. */
  readonly createError: () => Error
  /** Aborts the work as well, with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Wait no longer once `signal` is aborted. Otherwise the work may take what is left of its limit. */
  readonly leavesOnAbort?: boolean
  readonly after?: After
}

/**
 * Runs work whose signal is aborted at the limit. Work that has not ended after the grace is left alone: it may still run.
 *
 *   running ──limitMs──▶ aborted ──graceMs──▶ nobody waits any more
 *
 * @throws what the work throws; the error of `createError` when it does not end; with `leavesOnAbort` the reason of `signal`
 */
export async function runWithDeadline<T>(
  work: (signal: AbortSignal) => PromiseLike<T> | T,
  { limitMs, graceMs, createError, signal, leavesOnAbort = false, after = startTimer }: DeadlineOptions,
): Promise<T> {
  const controller = new AbortController()
  const overdue = Promise.withResolvers<never>()
  const onAbort = (): void => {
    controller.abort(signal?.reason)
    if (leavesOnAbort) overdue.reject(signal?.reason)
  }
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  let cancel = after(limitMs, () => {
    const error = createError()
    controller.abort(error)
    cancel = after(graceMs, () => overdue.reject(error))
  })
  try {
    return await Promise.race([work(controller.signal), overdue.promise])
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}
