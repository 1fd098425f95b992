import type { CommandSummary, PluginSummary } from '@pluggram/sdk'

/** A command with the plugin it belongs to; the assistant's own commands belong to none. */
export interface KnownCommand {
  readonly command: CommandSummary
  readonly plugin?: PluginSummary
}
