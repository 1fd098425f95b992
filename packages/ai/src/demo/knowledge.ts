import type { AssistantDirectory, CommandSummary, PluginSummary } from '@pluggram/sdk'
import { BUILT_IN_COMMANDS } from './built-in-commands.ts'
import { CommandMatcher } from './command-matcher.ts'
import { HelpSearch } from './help-search.ts'

/** A command with the plugin it belongs to; the assistant's own commands belong to none. */
export interface KnownCommand {
  readonly command: CommandSummary
  readonly plugin?: PluginSummary
}

/** Everything the demo model can talk about at one moment, indexed. */
export interface Knowledge {
  readonly assistantName: string
  readonly plugins: readonly PluginSummary[]
  readonly commands: readonly KnownCommand[]
  readonly matcher: CommandMatcher
  readonly search: HelpSearch
}

/** Returns the knowledge about a directory, and builds it anew only when plugins came, went or changed. */
export function createKnowledgeSource(directory: () => AssistantDirectory): () => Knowledge {
  let cached: { readonly key: string; readonly knowledge: Knowledge } | undefined
  return () => {
    const { name, plugins } = readDirectory(directory())
    const key = JSON.stringify([name, plugins])
    if (cached?.key !== key) cached = { key, knowledge: buildKnowledge(name, plugins) }
    return cached.knowledge
  }
}

function readDirectory(directory: AssistantDirectory): { name: string; plugins: readonly PluginSummary[] } {
  return { name: directory.name, plugins: directory.plugins() }
}

function buildKnowledge(assistantName: string, plugins: readonly PluginSummary[]): Knowledge {
  const commands = new Map<string, KnownCommand>()
  for (const plugin of plugins) {
    for (const command of plugin.commands) {
      if (!commands.has(command.name)) commands.set(command.name, { command, plugin })
    }
  }
  for (const command of BUILT_IN_COMMANDS) {
    if (!commands.has(command.name)) commands.set(command.name, { command })
  }
  const all = [...commands.values()]
  return {
    assistantName,
    plugins,
    commands: all,
    matcher: new CommandMatcher(all),
    search: new HelpSearch(plugins),
  }
}
