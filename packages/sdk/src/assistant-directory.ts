import type { LocalText } from './local-text.ts'
import type { Role } from './role.ts'

/** A command as users see it. */
export interface CommandSummary {
  readonly name: string
  readonly description: string
  readonly usage?: string
  /** The description in other languages. */
  readonly translations?: Readonly<Record<string, string>>
  /** Who may use it; everyone if absent. */
  readonly role?: Role
  /** Where it is shown; everywhere if absent. */
  readonly chats?: 'private' | 'groups'
  readonly examples: readonly string[]
}

/** A plugin as users see it. */
export interface PluginSummary {
  readonly name: string
  /** Its name as people read it; made of `name` if absent. */
  readonly title?: LocalText
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
