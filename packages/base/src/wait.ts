/** Resolves after `milliseconds`; rejects with the signal's reason as soon as that is aborted. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error)
      return
    }
    const finish = (): void => {
      signal?.removeEventListener('abort', cancel)
      resolve()
    }
    const cancel = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(finish, milliseconds)
    signal?.addEventListener('abort', cancel, { once: true })
  })
}

/** Gives what `work` gives, but rejects with the signal's reason as soon as that is aborted. The work goes on. */
export async function unlessAborted<T>(work: PromiseLike<T> | T, signal: AbortSignal): Promise<Awaited<T>> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  try {
    // in this order: an aborted signal wins over work that is done
    return await Promise.race([aborted.promise, work])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
