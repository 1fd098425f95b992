/** A command as users see it. */
export interface CommandSummary {
  readonly name: string
  readonly description: string
  readonly usage?: string
  readonly examples: readonly string[]
}

/** A plugin as users see it. */
export interface PluginSummary {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly help?: string
  readonly commands: readonly CommandSummary[]
}

/** The assistant's name and what it can do right now. */
export interface AssistantDirectory {
  /** The assistant's display name. */
  readonly name: string
  /** Plugins that are running, in the order they are asked. */
  plugins(): readonly PluginSummary[]
}
