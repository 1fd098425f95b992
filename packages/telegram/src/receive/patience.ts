import { transportError } from '../api/errors.ts'

export interface Patience {
  readonly method: string
  readonly limitSeconds: number
  /** Cancels the call as well. */
  readonly signal: AbortSignal
}

/**
 * Makes a call and cancels it when it takes too long. Counts seconds in which this program ran:
 * while it is blocked or the machine sleeps, an answer cannot be read, and Telegram is not late.
 * @returns the answer, and how many whole seconds it took
 * @throws TelegramError `timeout` when it took too long, and what the call throws
 */
export async function withPatience<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { method, limitSeconds, signal }: Patience,
): Promise<{ readonly answer: T; readonly seconds: number }> {
  const controller = new AbortController()
  const cancel = (): void => controller.abort(signal.reason)
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  let seconds = 0
  let isLate = false
  const ticking = setInterval(() => {
    seconds += 1
    if (seconds < limitSeconds) return
    isLate = true
    clearInterval(ticking)
    controller.abort()
  }, 1_000)
  try {
    return { answer: await call(controller.signal), seconds }
  } catch (error) {
    throw isLate ? transportError(method, { timedOut: true, wasSent: true }) : error
  } finally {
    clearInterval(ticking)
    signal.removeEventListener('abort', cancel)
  }
}
