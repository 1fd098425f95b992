import type { ComponentHealth } from '@pluggram/observability'

/** A component of `/readyz`. */
export interface HealthCheck {
  readonly name: string
  check(): ComponentHealth | Promise<ComponentHealth>
  /** Whether the assistant counts as not ready when it fails. Default: yes. */
  readonly isRequired?: boolean
}
