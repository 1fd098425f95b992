export interface BackoffOptions {
  /** First delay in milliseconds. */
  readonly minimum: number
  /** Longest delay in milliseconds. */
  readonly maximum: number
  /** Numbers in [0, 1); for tests. */
  readonly random?: () => number
}

/** Growing delays, each longer than the one before. */
export interface Backoff {
  next(): number
  reset(): void
}

/**
 * How long to wait after `failures` failures in a row: `minimum` doubled with each, up to `maximum`, less up to half of it
 * at random, so that those who failed together do not try again together.
 */
export function backoffDelay(
  failures: number,
  { minimum, maximum, random = Math.random }: BackoffOptions,
): number {
  const ceiling = Math.min(maximum, minimum * 2 ** Math.max(0, failures - 1))
  return Math.round(ceiling * (0.5 + random() / 2))
}

/** Counts the failures for {@link backoffDelay}. */
export function createBackoff(options: BackoffOptions): Backoff {
  let failures = 0
  return {
    next(): number {
      failures += 1
      return backoffDelay(failures, options)
    },
    reset(): void {
      failures = 0
    },
  }
}
