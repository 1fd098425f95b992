const LOOK_MS = 500
/** The last minute, in parts: the oldest is forgotten when a new one begins. */
const PARTS = 12
const LOOKS_OF_A_PART = 10

/** Watches how late timers are. */
export interface EventLoopDelay {
  /** The longest delay within the last minute, in seconds. */
  longestSeconds(): number
  stop(): void
}

/**
 * A timer twice a second costs next to nothing. Node's own `monitorEventLoopDelay` wakes the process
 * at each of its samples and keeps a histogram of them.
 * @param onLook called at each look, with how much too late it came
 */
export function watchEventLoop(onLook?: (lateMs: number) => void): EventLoopDelay {
  const parts = [0]
  let looks = 0
  let due = performance.now() + LOOK_MS
  const look = (): void => {
    const now = performance.now()
    const lateMs = now - due
    parts[0] = Math.max(parts[0] ?? 0, lateMs)
    due = now + LOOK_MS
    onLook?.(lateMs)
  }
  const timer = setInterval(() => {
    look()
    looks = (looks + 1) % LOOKS_OF_A_PART
    if (looks > 0) return
    parts.unshift(0)
    parts.length = Math.min(parts.length, PARTS)
  }, LOOK_MS)
  timer.unref()
  return {
    longestSeconds: () => Math.max(0, ...parts) / 1_000,
    stop: () => clearInterval(timer),
  }
}
