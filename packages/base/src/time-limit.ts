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
