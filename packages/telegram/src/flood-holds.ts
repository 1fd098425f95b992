import { wait } from '@pluggram/base'

/** Longer timers would overflow and fire at once. */
const LONGEST_TIMER = 2 ** 30

/** What Telegram forbade until when (`retry_after` of a 429). */
export interface FloodHolds {
  hold(key: string, seconds: number): void
  /** False when nothing is forbidden. */
  readonly isAny: boolean
  /** Milliseconds until `key` is free; 0 when it is. */
  remaining(key: string): number
  /** Resolves when `key` is free, not a moment earlier; rejects when `signal` is aborted. */
  whenFree(key: string, signal: AbortSignal): Promise<void>
}

/** @param now monotonic milliseconds */
export function createFloodHolds(now: () => number): FloodHolds {
  const ends = new Map<string, number>()

  function remaining(key: string): number {
    const end = ends.get(key)
    if (end === undefined) return 0
    const left = end - now()
    if (left > 0) return left
    ends.delete(key)
    return 0
  }

  return {
    remaining,
    get isAny(): boolean {
      return ends.size > 0
    },
    hold(key, seconds): void {
      for (const other of ends.keys()) remaining(other)
      ends.set(key, Math.max(ends.get(key) ?? 0, now() + seconds * 1000))
    },
    async whenFree(key, signal): Promise<void> {
      // Timers may fire a little early, and another call may have prolonged the hold meanwhile.
      for (let left = remaining(key); left > 0; left = remaining(key)) {
        await wait(Math.min(Math.ceil(left), LONGEST_TIMER), signal)
      }
    },
  }
}
