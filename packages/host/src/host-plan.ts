import type { Grants } from './grants.ts'
import type { PluginCandidate } from './discover/plugin-candidate.ts'
import type { ConfigIssue } from '@pluggram/sdk/runtime'
import type { IsolationLevel } from './plugin-state.ts'
import type { ProcessLimits } from './process/process-limits.ts'
import type { JsonObject, JsonSchema } from './json-types.ts'

/** Which plugins exist and how to run them. A changed file or setting makes a new plan. */
export interface HostPlan {
  /** From `discoverPlugins`. */
  readonly candidates: readonly PluginCandidate[]
  /**
   * Files and folders of all found plugins, including those left out; other plugins may not read
   * them.
   */
  readonly pluginPaths?: readonly string[]
  isEnabled(name: string): boolean
  /** Names in the order of plugins_config.json. */
  readonly order: readonly string[]
  /**
   * A plugin's configuration block. The JSON Schema gives the types of values from environment
   * variables.
   */
  configFor(name: string, jsonSchema: JsonSchema | undefined): { readonly block: JsonObject }
  /**
   * Describes what is misconfigured; the default names `plugins.NAME.key` without file and line.
   */
  readonly describeIssues?: (plugin: string, issues: readonly ConfigIssue[]) => string
  /** Default: shipped plugins run in this process, all others in one of their own. */
  levelFor?(candidate: PluginCandidate): IsolationLevel
  limitsFor?(name: string): ProcessLimits
  /** What the owner granted. Default: everything the plugin requests. */
  grantsFor?(name: string): Grants
}

export function levelOf(plan: HostPlan, candidate: PluginCandidate): IsolationLevel {
  if (plan.levelFor) return plan.levelFor(candidate)
  return candidate.origin === 'shipped' ? 'inline' : 'process'
}
