/** The work took too long. Its caller no longer waits for it, but it may still run. */
export class DeadlineError extends Error {
  constructor(seconds: number) {
    super(`not finished within ${seconds} s`)
  }
}

/**
 * Waits for `work` at most `seconds`. It does not cancel the work; use a signal for that.
 * @throws DeadlineError at the deadline; the reason of `signal` when that is aborted first.
 */
export async function withDeadline<T>(
  work: PromiseLike<T> | T,
  seconds: number,
  signal?: AbortSignal,
): Promise<Awaited<T>> {
  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(seconds)), seconds * 1_000)
    onAbort = () => reject(signal?.reason as Error)
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
    if (onAbort) signal?.removeEventListener('abort', onAbort)
  }
}
