import type { Logger, PluginClass, PluginDefinition, PluginManifest } from '@pluggram/sdk'
import type { ConfigIssue, PluginRegistry } from '@pluggram/sdk/runtime'
import type { PluginScope } from './start/effect-scope.ts'
import type { ListedRegistry } from './calls/listed-registry.ts'
import type { HostPlan } from './host-plan.ts'
import type { JsonObject } from './json-types.ts'
import type { HostServices } from './start/local-services.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { PluginState } from './plugin-state.ts'
import type { HostTimeouts } from './start/plugin-timeouts.ts'

export interface PluginHostOptions extends HostPlan {
  servicesFor(name: string, manifest: PluginManifest, effects: PluginScope): HostServices
  readonly assistantName: string
  readonly timeouts?: HostTimeouts
  /** A plugin's settings for one chat; the same object until they change. Default: none. */
  chatBlock?(plugin: string, chatId: number): JsonObject | undefined
  /**
   * The list of plugins that can be asked, which the host fills; from `createPluginList`. Default:
   * its own list.
   */
  readonly list?: ListedRegistry
  /** The assistant's own plugins: always on, asked first. */
  readonly builtIn?: readonly { readonly name: string; readonly definition: PluginDefinition | PluginClass }[]
  /**
   * The folder for manifests that are reused across starts, and for plugins' own folders. Default:
   * none.
   */
  readonly dataFolder?: string
  readonly logger: Logger
  /** Called with each plugin problem at once; the report lists them all too. */
  onProblem?(problem: PluginProblem): void
}

export interface StartReport {
  readonly states: readonly PluginState[]
  /** Errors and warnings, plugin by plugin in the owner's order. */
  readonly problems: readonly PluginProblem[]
  /** Plugins that were started, replaced, stopped or reconfigured. */
  readonly changed: readonly string[]
}

/** Starts plugins, lists those that can be asked, and replaces those that changed. */
export interface PluginHost {
  /**
   * Resolves when every plugin is ready or has failed; each can be asked as soon as it is ready.
   * Never rejects.
   */
  start(): Promise<StartReport>
  /** Resolves during `start`, when messages need not wait for any further plugin. */
  whenSettled(): Promise<void>
  /**
   * Applies another plan. Unchanged plugins keep running. A changed one is started beside its old
   * version, which finishes its work and stops. If it cannot be started, the old version stays.
   * Never rejects.
   */
  apply(plan: HostPlan): Promise<StartReport>
  /**
   * Restarts a plugin's process, even a parked one; retries a start that failed. False when there
   * is no such plugin with a process.
   */
  restart(name: string): Promise<boolean>
  /**
   * Checks a block with a plugin's schema, without applying it. `undefined` when the plugin does
   * not run.
   */
  checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined>
  /**
   * Calls a method that a plugin provides to others; waits for its start.
   * @throws PluggramError `plugin-not-found`; what the method throws
   */
  call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown>
  /**
   * Stops plugins in reverse order. When one misses its deadline, the rest are stopped in parallel,
   * so that everything takes at most twice `cleanupSeconds`.
   */
  stop(): Promise<void>
  readonly registry: PluginRegistry
  states(): readonly PluginState[]
  /** `states()` with the result of each plugin's `getStatus`. */
  statuses(): Promise<readonly PluginState[]>
  /** The same within a second; for a slow plugin, its last answer, or that it is late. */
  quickStatuses(): Promise<readonly PluginState[]>
}
