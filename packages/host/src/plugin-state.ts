import type { PluginStatus } from '@pluggram/sdk'
import type { PluginCandidate } from './plugin-candidate.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { JsonSchema } from './json-types.ts'

/** Where a plugin runs: in the assistant's own process, or in one of its own. */
export type IsolationLevel = 'inline' | 'process'

/** How one plugin is. */
export interface PluginState {
  readonly name: string
  readonly origin: PluginCandidate['origin'] | 'built-in' | 'mcp'
  readonly isolation: IsolationLevel
  readonly file?: string
  /**
   * `off`: not switched on; `failed`: left out, see `problem`; `idle`: needs no process until it is
   * used; `restarting`: crashed, and is started again; `parked`: crashed too often, and waits for
   * its owner.
   */
  readonly state: 'off' | 'starting' | 'running' | 'idle' | 'restarting' | 'parked' | 'failed' | 'stopped'
  /** Why it was left out, or what went wrong last. */
  readonly problem?: PluginProblem
  /** Crashes within the last five minutes. */
  readonly crashes: number
  readonly version?: string
  /**
   * JSON Schema of its configuration, when it can tell; known of a plugin that does not run only if
   * that is why.
   */
  readonly configSchema?: JsonSchema
  /** Labels of what it set up, oldest first. */
  readonly effects: readonly string[]
  /** What `getStatus` says; only `statuses()` asks. */
  readonly status?: PluginStatus
}
