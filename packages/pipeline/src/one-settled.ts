import type { PendingPlugin } from '@pluggram/sdk/runtime'

/** Waits until one of the plugins has started or failed, or the signal is aborted. */
export async function oneSettled(plugins: readonly PendingPlugin[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = (): void => resolve()
  signal.addEventListener('abort', stop)
  await Promise.race([promise, ...plugins.map(({ settled }) => settled)])
  signal.removeEventListener('abort', stop)
}
