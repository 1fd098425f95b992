import type { PluginTimeouts } from '@pluggram/sdk'
import type { ProcessLimits } from './process/process-limits.ts'

/**
 * Limits for plugins that neither their owner nor their manifest sets; default: `DEFAULT_TIMEOUTS`.
 */
export interface HostTimeouts {
  /** For import, configuration and setup together. */
  readonly startSeconds?: number
  /** For `getStatus`. */
  readonly statusSeconds?: number
  /** For `cleanup` and the plugin's effects together. */
  readonly cleanupSeconds?: number
}

/**
 * The one place of these numbers; the manifest's TSDoc and the guides repeat them, and a test
 * compares.
 */
export const DEFAULT_TIMEOUTS: Required<HostTimeouts> = {
  startSeconds: 10,
  statusSeconds: 2,
  // two plugins that overrun side by side must fit into the ten seconds of a stop
  cleanupSeconds: 1.5,
}

/** What holds for one plugin, in seconds. */
export interface EffectiveTimeouts {
  readonly startSeconds: number
  readonly statusSeconds: number
  readonly cleanupSeconds: number
  /** Unset: only the general limit for messages holds. */
  readonly callSeconds?: number
}

/**
 * The limits of a plugin: the owner's, then the plugin's, then the host's. Health is asked all the
 * time, so a plugin itself may only shorten the limit of `getStatus`.
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
