import type { PluginTimeouts } from '@pluggram/sdk'
import type { ProcessLimits } from '../process/process-limits.ts'

/**
 * Time limits that apply when neither the owner nor the manifest sets one; default:
 * `DEFAULT_TIMEOUTS`.
 */
export interface HostTimeouts {
  /** For import, configuration and setup together. */
  readonly startSeconds?: number
  readonly statusSeconds?: number
  /** For `cleanup` and the plugin's effects together. */
  readonly cleanupSeconds?: number
}

/**
 * The source of these numbers. The manifest's TSDoc and the guides repeat them, and a test compares
 * them.
 */
export const DEFAULT_TIMEOUTS: Required<HostTimeouts> = {
  startSeconds: 10,
  statusSeconds: 2,
  // two plugins that overrun in parallel must fit into the ten seconds of a stop
  cleanupSeconds: 1.5,
}

/** The time limits of one plugin, in seconds. */
export interface EffectiveTimeouts {
  readonly startSeconds: number
  readonly statusSeconds: number
  readonly cleanupSeconds: number
  /** Unset: only the general limit for messages applies. */
  readonly callSeconds?: number
}

/**
 * A plugin's time limits: the owner's, then the plugin's, then the host's. Health checks are
 * frequent, so a plugin itself may only shorten the limit of `getStatus`.
 */
export function effectiveTimeouts(
  own: PluginTimeouts | undefined,
  limits: ProcessLimits | undefined,
  defaults: Required<HostTimeouts>,
): EffectiveTimeouts {
  const callSeconds = limits?.callSeconds ?? own?.callSeconds
  return {
    startSeconds: limits?.startSeconds ?? own?.startSeconds ?? defaults.startSeconds,
    statusSeconds:
      limits?.statusSeconds ?? Math.min(own?.statusSeconds ?? defaults.statusSeconds, defaults.statusSeconds),
    cleanupSeconds: limits?.cleanupSeconds ?? own?.cleanupSeconds ?? defaults.cleanupSeconds,
    ...(callSeconds !== undefined && { callSeconds }),
  }
}
