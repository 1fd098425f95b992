import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, or rejects as soon as `signal` is aborted. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal })
}
