import type { RunnablePlugin } from '@pluggram/sdk/runtime'
import type { HostPlan } from './host-plan.ts'
import type { PluginProblem } from './plugin-problem.ts'

/** The current condition of an accepted plugin. */
export interface Condition {
  /**
   * `idle`: it needs no process until it is used; `restarting`: it crashed and waits for its
   * restart.
   */
  readonly state: 'running' | 'idle' | 'starting' | 'restarting' | 'parked'
  readonly problem?: PluginProblem
  /** Crashes within the last five minutes. */
  readonly crashes: number
}

/** A plugin that the host runs, at any isolation level. */
export interface HostedPlugin extends RunnablePlugin {
  /** The version that replaced it. It answers calls that arrive after the end, see `CALLS`. */
  successor: RunnablePlugin | undefined
  /** Labels of its effects. */
  effects(): readonly string[]
  condition(): Condition
  /** Waits until no call is in progress, at most this long. */
  whenIdle(seconds: number): Promise<void>
  /**
   * Stops it: aborts its signal, runs `cleanup`, disposes its effects and ends its process. Errors
   * are reported as the plugin's.
   * @param seconds Default: the plugin's own.
   * @returns whether it stopped in time
   */
  stop(seconds?: number): Promise<boolean>
  /** Restarts it, even when it is parked. Only plugins with their own process have this. */
  restart?(): Promise<void>
  /** Starts its process before it is needed. A failure appears at the first use. */
  warmUp?(): Promise<void>
  /** Tells it that the list of the assistant's plugins changed. */
  pluginsChanged?(): void
  /** Uses this plan for further starts of its process. */
  follow?(plan: HostPlan): void
}
