import type { RunnablePlugin } from '@pluggram/sdk/runtime'
import type { HostPlan } from './host-plan.ts'
import type { PluginProblem } from './plugin-problem.ts'

/** How a plugin that was accepted is right now. */
export interface Condition {
  /**
   * `idle`: it needs no process until it is used; `restarting`: it crashed and waits for its next
   * start.
   */
  readonly state: 'running' | 'idle' | 'starting' | 'restarting' | 'parked'
  readonly problem?: PluginProblem
  /** Crashes within the last five minutes. */
  readonly crashes: number
}

/** A plugin in the care of the host, whatever level it runs at. */
export interface HostedPlugin extends RunnablePlugin {
  /** The version that replaced it; answers what comes after its end, see `CALLS`. */
  successor: RunnablePlugin | undefined
  /** Labels of what it set up. */
  effects(): readonly string[]
  condition(): Condition
  /** Waits until no call is under way, at most this long. */
  whenIdle(seconds: number): Promise<void>
  /**
   * Ends it: its signal, `cleanup`, its effects, its process. Errors are reported as the plugin's.
   * @param seconds Default: the plugin's own.
   * @returns whether it ended in time
   */
  stop(seconds?: number): Promise<boolean>
  /** Restarts it, even when it is parked. Only plugins with a process of their own have this. */
  restart?(): Promise<void>
  /** Starts its process before it is needed; a failure shows at the first use. */
  warmUp?(): Promise<void>
  /** Tells it that the list of the assistant's plugins changed. */
  pluginsChanged?(): void
  /** Further starts of its process are made as this plan says. */
  follow?(plan: HostPlan): void
}
