import type { CommandSummary, PluginSummary } from '@pluggram/sdk'

/** A command with its plugin; the assistant's own commands have none. */
export interface KnownCommand {
  readonly command: CommandSummary
  readonly plugin?: PluginSummary
}
