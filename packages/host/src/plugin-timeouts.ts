import type { PluginTimeouts } from '@pluggram/sdk'
import type { ProcessLimits } from './process/process-limits.ts'

/** Defaults of the host. */
export interface HostTimeouts {
  /** For import, configuration and setup together. Default 10. */
  readonly startSeconds?: number
  /** For `getStatus`. Default 2. */
  readonly statusSeconds?: number
  /** For `cleanup` and the plugin's effects together. Default 5. */
  readonly cleanupSeconds?: number
}

/** What holds for one plugin, in seconds. */
export interface EffectiveTimeouts {
  readonly startSeconds: number
  readonly statusSeconds: number
  readonly cleanupSeconds: number
  /** Without it, only the limit holds that is the same for every message. */
  readonly callSeconds?: number
}

/**
 * The limits that hold for a plugin: the owner's, then the plugin's, then the host's. Health is asked all the time, so that
 * for `getStatus` a plugin itself may ask for less only.
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
