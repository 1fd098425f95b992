import type { PluginStatus } from '@pluggram/sdk'
import type { PluginCandidate } from './plugin-candidate.ts'
import type { PluginProblem } from './plugin-problem.ts'

/** How one plugin is. */
export interface PluginState {
  readonly name: string
  readonly origin: PluginCandidate['origin'] | 'built-in'
  readonly file?: string
  /** `off`: not switched on; `failed`: left out, see `problem`. */
  readonly state: 'off' | 'starting' | 'running' | 'failed' | 'stopped'
  readonly problem?: PluginProblem
  readonly version?: string
  /** Labels of what it set up, oldest first. */
  readonly effects: readonly string[]
  /** What `getStatus` says; only `statuses()` asks. */
  readonly status?: PluginStatus
}
