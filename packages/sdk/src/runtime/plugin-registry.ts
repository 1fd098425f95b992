import type { Awaitable } from '../awaitable.ts'
import type { MessageContext } from '../context.ts'
import type { ObservedMessage } from '../observe.ts'
import type { UpdateKind } from '../manifest.ts'
import type { MissedPolicy, ScheduledRun } from '../services/scheduler.ts'
import type { PluginResult } from '../reply.ts'
import type { Role } from '../role.ts'
import type { ToolEffect } from '../tool.ts'
import type { CommandSummary } from '../assistant-directory.ts'

/** A tool as the model and others may see it. */
export interface ToolDescriptor {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments, of type object. */
  readonly inputSchema: Readonly<Record<string, unknown>>
  readonly role: Role
  readonly effect: ToolEffect
}

/** A schedule of a manifest; without times it runs only when the plugin's code asks for it. */
export interface ScheduleDescriptor {
  readonly name: string
  readonly everySeconds?: number
  readonly cron?: string
  readonly timeZone?: string
  readonly missed?: MissedPolicy
  readonly jitterSeconds?: number
  readonly timeoutSeconds?: number
}

/** A plugin's manifest after validation, with names and defaults filled in. */
export interface PluginDescriptor {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly help?: string
  readonly commands: readonly (CommandSummary & { readonly inMenu: boolean; readonly isUrgent: boolean })[]
  readonly tools: readonly ToolDescriptor[]
  /** JSON Schema of its configuration, when it can tell. */
  readonly configSchema?: Readonly<Record<string, unknown>>
  /** Keys of its configuration that may be set for single chats. */
  readonly perChat?: readonly string[]
  readonly schedules: readonly ScheduleDescriptor[]
  readonly patterns: readonly RegExp[]
  readonly updates: readonly UpdateKind[]
  readonly priority: number
  /** False when the plugin only answers its commands. */
  readonly answersMessages: boolean
  /** True when it is told about every message. */
  readonly observes?: boolean
  /** True when it can forget a user. */
  readonly forgets?: boolean
}

/** A message's context as the pipeline makes it; the host adds the plugin's configuration. */
export type CallContext = Omit<MessageContext, 'config'>

/** A plugin that runs and can be asked. */
export interface RunnablePlugin {
  readonly descriptor: PluginDescriptor
  /** Calls the command's function or `processMessage`; the plugin's own errors come out as they were thrown. */
  handle(message: string, context: CallContext): Awaitable<PluginResult | undefined>
  /** Runs `execute` of one of the manifest's schedules; rejects with what it threw. */
  runSchedule?(name: string, run: ScheduledRun): Promise<void>
  /**
   * Checks the arguments and calls a tool of the plugin, wherever the plugin runs. The result is plain data of bounded
   * size. Whether the caller may use the tool is the caller's to check.
   * @throws PluggramError `tool-not-found`, `tool-arguments-invalid`; else whatever the tool threw
   */
  callTool(name: string, args: unknown, context: CallContext): Promise<unknown>
  /** Tells an observer about a message; rejects with what it throws. */
  observe?(event: ObservedMessage): Awaitable<void>
  /**
   * Deletes what the plugin keeps about a user; tells in a few words what that was. Rejects with what the plugin throws, and
   * when it takes too long.
   */
  forgetUser?(userId: number): Promise<string | undefined>
}

/** A plugin that starts for the first time since the assistant did: what may be for it should wait. */
export interface PendingPlugin {
  readonly name: string
  /** What it said about itself at an earlier start, when nothing of it changed since. */
  readonly descriptor?: PluginDescriptor
  /** Resolves when it can be asked, failed, or is not worth waiting for any longer; it is no longer pending then. */
  readonly settled: Promise<void>
}

/** The plugins that run now. */
export interface PluginRegistry {
  /** In the order they are asked. */
  plugins(): readonly RunnablePlugin[]
  /** Those that are not there yet, but soon may be. Default: none. */
  pending?(): readonly PendingPlugin[]
  /** Calls `listener` after plugins came or went, until the returned function is called. */
  onChange(listener: () => void): () => void
}
