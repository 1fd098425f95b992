import type { CommandDefinition, PluginManifest } from '@pluggram/sdk'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'

/** Fills in the defaults of a validated manifest. */
export function toDescriptor(
  name: string,
  manifest: PluginManifest,
  answersMessages: boolean,
): PluginDescriptor {
  return {
    name,
    ...(manifest.version !== undefined && { version: manifest.version }),
    ...(manifest.description !== undefined && { description: manifest.description }),
    ...(manifest.help !== undefined && { help: manifest.help }),
    commands: Object.entries(manifest.commands ?? {}).map(([command, definition]) =>
      toCommand(command, definition),
    ),
    patterns: manifest.patterns ?? [],
    updates: manifest.updates ?? ['message'],
    priority: manifest.priority ?? 0,
    answersMessages,
  }
}

function toCommand(name: string, definition: CommandDefinition): PluginDescriptor['commands'][number] {
  return {
    name,
    description: definition.description,
    ...(definition.usage !== undefined && { usage: definition.usage }),
    examples: definition.examples ?? [],
    inMenu: definition.menu ?? true,
    isUrgent: definition.urgent ?? false,
  }
}
