import type { PluginStatus } from '@pluggram/sdk'
import type { RunnablePlugin } from '@pluggram/sdk/runtime'
import type { HostPlan } from './host-plan.ts'
import type { ConfigIssue, PluginProblem } from './plugin-problem.ts'
import type { JsonObject } from './json-types.ts'

/** How a plugin that was accepted is right now. */
export interface Condition {
  /** `idle`: it needs no process until it is used; `restarting`: it crashed and waits for its next start. */
  readonly state: 'running' | 'idle' | 'starting' | 'restarting' | 'parked'
  readonly problem?: PluginProblem
  /** Crashes within the last five minutes. */
  readonly crashes: number
}

/** `replace`: the plugin cannot go on with another block and has to be started anew. */
export type ReconfigureOutcome = 'done' | 'replace' | { readonly issues: readonly ConfigIssue[] }

/** A plugin in the care of the host, whatever level it runs at. */
export interface HostedPlugin extends RunnablePlugin {
  /** Labels of what it set up. */
  effects(): readonly string[]
  condition(): Condition
  /** What `getStatus` says; never rejects. */
  status(): Promise<PluginStatus>
  /**
   * Calls what it provides to other plugins.
   * @throws PluggramError `plugin-not-found`; what the method throws
   */
  callProvided(method: string, args: readonly unknown[]): Promise<unknown>
  /** What its schema finds wrong with a block; nothing changes. */
  checkConfig(block: JsonObject): Promise<readonly ConfigIssue[]>
  /** Goes on with another block, if it listens for changes; `plan` is where the block comes from. */
  reconfigure(block: JsonObject, plan: HostPlan): Promise<ReconfigureOutcome>
  /** Waits until no message is under way, at most so long. */
  whenIdle(seconds: number): Promise<void>
  /**
   * Ends it: its signal, `cleanup`, its effects, its process. Errors are reported as the plugin's.
   * @param seconds Default: the plugin's own.
   * @returns whether it ended in time
   */
  stop(seconds?: number): Promise<boolean>
  /** Starts it anew, also when it is parked. Only plugins with a process of their own can do that. */
  restart?(): Promise<void>
  /** Starts its process before it is needed; a failure shows at the first use. */
  warmUp?(): Promise<void>
  /** Tells it that the list of the assistant's plugins is another one now. */
  pluginsChanged?(): void
}
