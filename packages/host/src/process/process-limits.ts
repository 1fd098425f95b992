/**
 * One plugin's limits, as its owner set them. Missing ones come from its manifest, then from the
 * host.
 */
export interface ProcessLimits {
  /** Kernel-level isolation, in addition to Node's permission model. Default `none`. */
  readonly sandbox?: 'none' | 'bubblewrap' | undefined
  readonly memoryMb?: number | undefined
  /** The size of its folder. */
  readonly filesMb?: number | undefined
  /** Plugins of one group share a process. */
  readonly group?: string | undefined
  readonly idleSeconds?: number | undefined
  readonly startSeconds?: number | undefined
  readonly callSeconds?: number | undefined
  readonly statusSeconds?: number | undefined
  readonly cleanupSeconds?: number | undefined
}
