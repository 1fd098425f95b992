/**
 * Limits of one plugin, as its owner set them; what is missing comes from its manifest, then from
 * the host.
 */
export interface ProcessLimits {
  /** Walls of the kernel around its process, besides Node's own. Default `none`. */
  readonly sandbox?: 'none' | 'bubblewrap' | undefined
  readonly memoryMb?: number | undefined
  /** Plugins of one group share a process. */
  readonly group?: string | undefined
  readonly idleSeconds?: number | undefined
  readonly startSeconds?: number | undefined
  readonly callSeconds?: number | undefined
  readonly statusSeconds?: number | undefined
  readonly cleanupSeconds?: number | undefined
}
