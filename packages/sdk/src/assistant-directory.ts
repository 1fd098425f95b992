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

/** Who the assistant is and what it can do at this moment. */
export interface AssistantDirectory {
  /** The assistant's display name. */
  readonly name: string
  /** Plugins that are running, in the order they are asked. */
  plugins(): readonly PluginSummary[]
}
