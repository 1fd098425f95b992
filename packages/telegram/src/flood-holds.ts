import { wait } from './wait.ts'

/**
 * What Telegram forbade until when (`retry_after` of a 429). Messages to a chat share one hold; previews
 * and "typing…" have their own, so that a hold on them does not delay an answer.
 */
export interface FloodHolds {
  hold(key: string, seconds: number): void
  /** Milliseconds until `key` is free; 0 when it is. */
  remaining(key: string): number
  /** Resolves when `key` is free, not a moment earlier; rejects when `signal` is aborted. */
  whenFree(key: string, signal: AbortSignal): Promise<void>
}

export const messageKey = (chatId: number): string => `message:${chatId}`
export const draftKey = (chatId: number): string => `draft:${chatId}`
export const typingKey = (chatId: number): string => `typing:${chatId}`

/** @param now monotonic milliseconds */
export function createFloodHolds(now: () => number): FloodHolds {
  const ends = new Map<string, number>()

  function remaining(key: string): number {
    const left = (ends.get(key) ?? 0) - now()
    if (left > 0) return left
    ends.delete(key)
    return 0
  }

  return {
    remaining,
    hold(key, seconds): void {
      for (const other of ends.keys()) remaining(other)
      ends.set(key, Math.max(ends.get(key) ?? 0, now() + seconds * 1000))
    },
    async whenFree(key, signal): Promise<void> {
      // Timers may fire a little early, and another call may have prolonged the hold meanwhile.
      for (let left = remaining(key); left > 0; left = remaining(key)) await wait(Math.ceil(left), signal)
    },
  }
}
