import { unlessAborted } from './wait.ts'

/** Says that work was not finished within its time; the work may still run. */
export class TimeLimitError extends Error {
  constructor(milliseconds: number) {
    super(`not finished within ${milliseconds / 1_000} s`)
    this.name = 'TimeLimitError'
  }
}

/**
 * Waits for `work` at most `milliseconds`. It does not end the work: give that a signal, and abort it.
 * @param onLate gives the answer when time is up, or throws; by default it throws a TimeLimitError
 *
 * @example
 * const answer = await withinTime(ask(), 3_000, () => 'no answer within 3 s')
 */
export async function withinTime<T, Late = never>(
  work: PromiseLike<T> | T,
  milliseconds: number,
  onLate?: () => Late,
): Promise<Awaited<T> | Late> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Late>((resolve, reject) => {
    timer = setTimeout(() => {
      if (!onLate) return reject(new TimeLimitError(milliseconds))
      try {
        resolve(onLate())
      } catch (error) {
        reject(error)
      }
    }, milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether `work` ends well within the time. A failure within the time rejects. */
export function endsWithin(work: PromiseLike<unknown>, milliseconds: number): Promise<boolean> {
  return withinTime(
    work.then(() => true),
    milliseconds,
    () => false,
  )
}

/**
 * Limits several pieces of work to a time in total, counted from now. Whoever waits for one stops when `signal` is aborted.
 * @throws TimeLimitError which names the whole time, since what was left means nothing to a reader
 */
export function withinTotalTime(
  milliseconds: number,
  signal?: AbortSignal,
): <T>(work: Promise<T>) => Promise<T> {
  const end = performance.now() + milliseconds
  return (work) =>
    withinTime(signal ? unlessAborted(work, signal) : work, Math.max(0, end - performance.now()), () => {
      throw new TimeLimitError(milliseconds)
    })
}
