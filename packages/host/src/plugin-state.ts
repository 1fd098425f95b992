import type { LocalText, PluginStatus } from '@pluggram/sdk'
import type { PluginCandidate } from './discover/plugin-candidate.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { JsonSchema } from './json-types.ts'

/** Where a plugin runs: in the assistant's process, or in its own. */
export type IsolationLevel = 'inline' | 'process'

/** The state of one plugin. */
export interface PluginState {
  readonly name: string
  readonly origin: PluginCandidate['origin'] | 'built-in' | 'mcp'
  readonly isolation: IsolationLevel
  readonly file?: string
  /**
   * `off`: not enabled; `failed`: left out, see `problem`; `idle`: needs no process until it is
   * used; `restarting`: crashed and will be restarted; `parked`: crashed too often and waits for
   * its owner.
   */
  readonly state: 'off' | 'starting' | 'running' | 'idle' | 'restarting' | 'parked' | 'failed' | 'stopped'
  /** Why it was left out, or its last failure. */
  readonly problem?: PluginProblem
  /** Crashes within the last five minutes. */
  readonly crashes: number
  readonly version?: string
  /** Its name as people read it, also while it is off if that is known. */
  readonly title?: LocalText
  /**
   * JSON Schema of its configuration, if available. For a plugin that does not run it is set only
   * if its configuration is the reason.
   */
  readonly configSchema?: JsonSchema
  /** Labels of its effects, oldest first. */
  readonly effects: readonly string[]
  /** The result of `getStatus`; only set by `statuses()`. */
  readonly status?: PluginStatus
}
