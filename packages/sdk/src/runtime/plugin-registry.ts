import type { UpdateKind } from '../manifest.ts'
import type { MissedPolicy } from '../services/scheduler.ts'
import type { Role } from '../role.ts'
import type { ToolEffect } from '../tool.ts'
import type { CommandSummary } from '../assistant-directory.ts'
import type { Ask } from './plugin-calls.ts'

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

/** A plugin that runs and can be asked. */
export interface RunnablePlugin {
  readonly descriptor: PluginDescriptor
  readonly ask: Ask
}

/**
 * A plugin that starts for the first time since the assistant did: what may be for it should wait.
 */
export interface PendingPlugin {
  readonly name: string
  /** What it said about itself at an earlier start, when nothing of it changed since. */
  readonly descriptor?: PluginDescriptor
  /**
   * Resolves when it can be asked, failed, or is not worth waiting for any longer; it is no longer
   * pending then.
   */
  readonly settled: Promise<void>
}

/** The plugins that run now. */
export interface PluginRegistry {
  /** In the order they are asked. */
  plugins(): readonly RunnablePlugin[]
  /** Those that are not there yet, but soon may be. Default: none. */
  pending?(): readonly PendingPlugin[]
  /** The name of the plugin that a command belongs to; more than one may declare it. */
  ownerOf(command: string): string | undefined
  /** Calls `listener` after plugins came or went, until the returned function is called. */
  onChange(listener: () => void): () => void
}

/** The commands of a plugin that belong to it; those that another plugin keeps are left out. */
export function ownCommands(
  registry: Pick<PluginRegistry, 'ownerOf'>,
  { name, commands }: Pick<PluginDescriptor, 'name' | 'commands'>,
): PluginDescriptor['commands'] {
  const isOwn = (command: string): boolean => registry.ownerOf(command) === name
  return commands.every((command) => isOwn(command.name))
    ? commands
    : commands.filter((command) => isOwn(command.name))
}
