export interface BackoffOptions {
  /** First delay in milliseconds. */
  readonly minimum: number
  /** Longest delay in milliseconds. */
  readonly maximum: number
  /** Numbers in [0, 1); for tests. */
  readonly random?: () => number
}

/** Growing delays: each doubles the one before, up to `maximum`, less up to half of it at random. */
export interface Backoff {
  next(): number
  reset(): void
}

/** Creates a back-off; the random half keeps many assistants from knocking at the same moment. */
export function createBackoff({ minimum, maximum, random = Math.random }: BackoffOptions): Backoff {
  let attempt = 0
  return {
    next(): number {
      const ceiling = Math.min(maximum, minimum * 2 ** attempt)
      attempt = Math.min(attempt + 1, 30)
      return Math.round(ceiling * (0.5 + random() / 2))
    },
    reset(): void {
      attempt = 0
    },
  }
}
