import type { AssistantDirectory, PluginSummary } from '@pluggram/sdk'
import { BUILT_IN_COMMANDS } from './built-in-commands.ts'
import { CommandMatcher } from './command-matcher.ts'
import { HelpSearch } from './help-search.ts'
import type { KnownCommand } from './known-command.ts'

/** Everything the demo model can talk about at one moment, indexed. */
export interface Knowledge {
  readonly assistantName: string
  readonly plugins: readonly PluginSummary[]
  readonly commands: readonly KnownCommand[]
  readonly matcher: CommandMatcher
  readonly search: HelpSearch
}

/**
 * Returns the knowledge about a directory, and rebuilds it only when plugins were added, removed or
 * changed.
 */
export function createKnowledgeSource(directory: () => AssistantDirectory): () => Knowledge {
  let cached: { readonly key: string; readonly knowledge: Knowledge } | undefined
  return () => {
    const current = directory()
    const { name } = current
    const plugins = current.plugins()
    const key = JSON.stringify([name, plugins])
    if (cached?.key !== key) cached = { key, knowledge: buildKnowledge(name, plugins) }
    return cached.knowledge
  }
}

function buildKnowledge(assistantName: string, all: readonly PluginSummary[]): Knowledge {
  const commands = new Map<string, KnownCommand>(
    BUILT_IN_COMMANDS.map((command) => [command.name, { command }]),
  )
  // the assistant's own commands may also appear as a plugin, but are described better here
  const plugins = all.filter((plugin) => {
    const isOwn = plugin.commands.length > 0 && plugin.commands.every(({ name }) => commands.has(name))
    return !isOwn
  })
  for (const plugin of plugins) {
    for (const command of plugin.commands) {
      if (!commands.has(command.name)) commands.set(command.name, { command, plugin })
    }
  }
  const known = [...commands.values()]
  return {
    assistantName,
    plugins,
    commands: known,
    matcher: new CommandMatcher(known),
    search: new HelpSearch(plugins),
  }
}
