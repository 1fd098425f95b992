import type { Logger, PluginClass, PluginDefinition, PluginManifest } from '@pluggram/sdk'
import type { ConfigIssue, PluginRegistry } from '@pluggram/sdk/runtime'
import type { PluginScope } from './effect-scope.ts'
import type { ListedRegistry } from './listed-registry.ts'
import type { HostPlan } from './host-plan.ts'
import type { JsonObject } from './json-types.ts'
import type { HostServices } from './local-services.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { PluginState } from './plugin-state.ts'
import type { HostTimeouts } from './plugin-timeouts.ts'

export interface PluginHostOptions extends HostPlan {
  servicesFor(name: string, manifest: PluginManifest, effects: PluginScope): HostServices
  readonly assistantName: string
  readonly timeouts?: HostTimeouts
  /**
   * What owners set for a plugin in one chat; the same object until it changes. Default: nothing.
   */
  chatBlock?(plugin: string, chatId: number): JsonObject | undefined
  /** Where the host writes which plugins can be asked; made by `createPluginList`. Default: a list of its own. */
  readonly list?: ListedRegistry
  /** The assistant's own plugins: always on, asked first. */
  readonly builtIn?: readonly { readonly name: string; readonly definition: PluginDefinition | PluginClass }[]
  /**
   * Where manifests and compiled code are kept between starts, and plugins' own folders. Default:
   * nowhere.
   */
  readonly dataFolder?: string
  readonly logger: Logger
  /**
   * Called with every problem of a plugin as soon as it is known; the report lists them all as
   * well.
   */
  onProblem?(problem: PluginProblem): void
}

export interface StartReport {
  readonly states: readonly PluginState[]
  /** Errors and warnings, plugin by plugin in the owner's order. */
  readonly problems: readonly PluginProblem[]
  /** Plugins that were started, replaced, ended, or reconfigured. */
  readonly changed: readonly string[]
}

/** Starts plugins, keeps the list of those that can be asked, and replaces those that changed. */
export interface PluginHost {
  /**
   * Resolves when every plugin can be asked or failed; each can be asked as soon as it is ready.
   * Never rejects.
   */
  start(): Promise<StartReport>
  /** Resolves during `start` when there is no plugin left that messages should wait for. */
  whenSettled(): Promise<void>
  /**
   * Applies another plan. Unchanged plugins are left alone; a changed one is started beside its old
   * version, which finishes its work and ends. A plugin that cannot be started keeps its old
   * version. Never rejects.
   */
  apply(plan: HostPlan): Promise<StartReport>
  /**
   * Restarts a plugin's process, even a parked one; retries a start that failed. False when there
   * is no such plugin with a process.
   */
  restart(name: string): Promise<boolean>
  /**
   * What a plugin's schema finds wrong with a block; nothing changes. `undefined` when it does not
   * run.
   */
  checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined>
  /**
   * Calls what a plugin provides to others; waits for its start.
   * @throws PluggramError `plugin-not-found`; what the method throws
   */
  call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown>
  /**
   * Ends plugins in reverse order. Once one exceeds its time, the rest end side by side, so that
   * all of it takes twice `cleanupSeconds` at most.
   */
  stop(): Promise<void>
  readonly registry: PluginRegistry
  states(): readonly PluginState[]
  /** `states()` with what each plugin's `getStatus` says. */
  statuses(): Promise<readonly PluginState[]>
  /** The same within a second: for a slow plugin, its last answer, or that it is late. */
  quickStatuses(): Promise<readonly PluginState[]>
}
