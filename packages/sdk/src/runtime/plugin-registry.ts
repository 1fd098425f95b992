import type { Awaitable } from '../awaitable.ts'
import type { MessageContext } from '../context.ts'
import type { UpdateKind } from '../manifest.ts'
import type { PluginResult } from '../reply.ts'
import type { CommandSummary } from '../assistant-directory.ts'

/** A plugin's manifest after validation, with names and defaults filled in. */
export interface PluginDescriptor {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly help?: string
  readonly commands: readonly (CommandSummary & { readonly inMenu: boolean; readonly isUrgent: boolean })[]
  readonly patterns: readonly RegExp[]
  readonly updates: readonly UpdateKind[]
  readonly priority: number
  /** False when the plugin only answers its commands. */
  readonly answersMessages: boolean
}

/** A plugin that runs and can be asked. */
export interface RunnablePlugin {
  readonly descriptor: PluginDescriptor
  /** Calls the command's function or `processMessage`; the plugin's own errors come out as they were thrown. */
  handle(message: string, context: MessageContext): Awaitable<PluginResult | undefined>
}

/** The plugins that run now. */
export interface PluginRegistry {
  /** In the order they are asked. */
  plugins(): readonly RunnablePlugin[]
  /** Calls `listener` after plugins came or went, until the returned function is called. */
  onChange(listener: () => void): () => void
}
