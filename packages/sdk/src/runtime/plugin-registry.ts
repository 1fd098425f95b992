import type { LocalText } from '../local-text.ts'
import type { CredentialDefinition, UpdateKind } from '../manifest.ts'
import type { MissedPolicy } from '../services/scheduler.ts'
import type { Role } from '../role.ts'
import type { ToolEffect } from '../tool.ts'
import type { CommandSummary } from '../assistant-directory.ts'
import type { Ask, CallKind } from './plugin-calls.ts'

/** A tool as shown to the model and other callers. */
export interface ToolDescriptor {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments, of type object. */
  readonly inputSchema: Readonly<Record<string, unknown>>
  readonly role: Role
  readonly effect: ToolEffect
  /** Its result has nothing that somebody else wrote. */
  readonly isResultOwn?: boolean
  /** Somebody else wrote its description, and the owner has not read it. */
  readonly isDescriptionForeign?: boolean
}

/** A schedule of a manifest. Without times it runs only when the plugin's code schedules it. */
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
  readonly title?: LocalText
  readonly version?: string
  readonly description?: string
  readonly help?: string
  readonly commands: readonly (CommandSummary & { readonly inMenu: boolean; readonly isUrgent: boolean })[]
  readonly tools: readonly ToolDescriptor[]
  /** JSON Schema of its configuration, if its schema provides one. */
  readonly configSchema?: Readonly<Record<string, unknown>>
  /** Configuration keys that can be overridden for single chats. */
  readonly perChat?: readonly string[]
  /** Credentials that the assistant adds to its requests, by name. */
  readonly credentials?: Readonly<Record<string, CredentialDefinition>>
  readonly schedules: readonly ScheduleDescriptor[]
  readonly patterns: readonly RegExp[]
  /** Payloads of `/start` that it receives start with one of these. */
  readonly startPrefixes?: readonly string[]
  readonly updates: readonly UpdateKind[]
  readonly priority: number
  /**
   * The kinds of calls that members of the plugin answer and that its permissions allow. Without
   * `handle` it only answers its commands.
   */
  readonly answers: readonly CallKind[]
}

/** A running plugin that accepts calls. */
export interface RunnablePlugin {
  readonly descriptor: PluginDescriptor
  /** True when it runs in a process of its own, which gets fewer calls at once. */
  readonly isInProcess?: boolean
  readonly ask: Ask
}

/**
 * A plugin that is still starting up with the assistant. Messages that may be for it should wait.
 */
export interface PendingPlugin {
  readonly name: string
  /** Its descriptor from an earlier start, if the plugin has not changed since. */
  readonly descriptor?: PluginDescriptor
  /**
   * Resolves when it accepts calls, failed, or has taken too long; it is then no longer pending.
   */
  readonly settled: Promise<void>
}

/** The plugins that run now. */
export interface PluginRegistry {
  /** In the order they are asked. */
  plugins(): readonly RunnablePlugin[]
  /** Plugins that are still starting. Default: none. */
  readonly pending?: readonly PendingPlugin[]
  /** The name of the plugin that owns a command; several plugins may declare it. */
  ownerOf(command: string): string | undefined
  /** The name of the plugin that receives `/start PAYLOAD`. Default: none. */
  starterOf?(payload: string): string | undefined
  /**
   * Calls `listener` whenever the set of plugins changes, until the returned function is called.
   */
  onChange(listener: () => void): () => void
}

/** The commands a plugin declares and owns, without those that belong to another plugin. */
export function ownCommands(
  registry: Pick<PluginRegistry, 'ownerOf'>,
  { name, commands }: Pick<PluginDescriptor, 'name' | 'commands'>,
): PluginDescriptor['commands'] {
  const isOwn = (command: string): boolean => registry.ownerOf(command) === name
  return commands.every((command) => isOwn(command.name))
    ? commands
    : commands.filter((command) => isOwn(command.name))
}
