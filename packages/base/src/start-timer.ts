/** Starts a timer and returns what cancels it. */
export type After = (milliseconds: number, callback: () => void) => () => void

/** The `After` of the real clock. Its timers keep the process alive. */
export function startTimer(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds)
  return () => clearTimeout(timer)
}

/** The same, but its timers do not keep the process alive. */
export function startQuietTimer(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds)
  timer.unref()
  return () => clearTimeout(timer)
}
