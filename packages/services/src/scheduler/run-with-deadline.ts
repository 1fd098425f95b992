import { PluggramError } from '@pluggram/sdk'
import type { SchedulerClock } from './scheduler-clock.ts'

export interface DeadlineOptions {
  readonly timeoutMs: number
  readonly clock: SchedulerClock
  /** Begins the message: `Schedule tidy of plugin notes`. */
  readonly label: string
  /** Aborted when everything stops. */
  readonly stop: AbortSignal
}

/** Work that was told to end is waited for no longer than that. */
const GRACE_MS = 2_000

/**
 * Runs work whose signal is aborted at the deadline.
 * @throws what the work throws; `plugin-timeout` when it does not end after it was told to
 */
export async function runWithDeadline(
  work: (signal: AbortSignal) => Promise<void>,
  { timeoutMs, clock, label, stop }: DeadlineOptions,
): Promise<void> {
  const controller = new AbortController()
  const late = new PluggramError('plugin-timeout', `${label} did not end within ${timeoutMs / 1_000} s.`)
  const onStop = (): void => controller.abort(stop.reason)
  stop.addEventListener('abort', onStop, { once: true })
  const cancelers = [clock.after(timeoutMs, () => controller.abort(late))]
  const overdue = new Promise<never>((_, reject) => {
    cancelers.push(clock.after(timeoutMs + GRACE_MS, () => reject(late)))
  })
  try {
    await Promise.race([work(controller.signal), overdue])
  } finally {
    for (const cancel of cancelers) cancel()
    stop.removeEventListener('abort', onStop)
  }
}
