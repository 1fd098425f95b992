import type { Found } from './findings.ts'

/**
 * The health of one component. A required component that is `starting` or `failed` makes the
 * assistant not ready.
 */
export interface ComponentHealth {
  readonly status: 'ok' | 'starting' | 'degraded' | 'failed'
  /** What is wrong, in words for people. */
  readonly problem?: HealthProblem
  readonly [detail: string]: unknown
}

/** What is wrong with a component; it is a finding, too. */
export interface HealthProblem extends Omit<Found, 'severity'> {
  /** How the sentence on top begins, such as "Not receiving". */
  readonly headline: string
}

/** The finding of a component that is not well. */
export function findingOf({ status, problem }: ComponentHealth): Found | undefined {
  if (!problem || status === 'ok' || status === 'starting') return undefined
  const { id, what, why, fix } = problem
  return { id, severity: status === 'failed' ? 'error' : 'warning', what, why, fix }
}
