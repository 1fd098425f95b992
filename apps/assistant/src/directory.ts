import type { AssistantDirectory, PluginSummary } from '@pluggram/sdk'
import { ownCommands } from '@pluggram/sdk/runtime'
import type { PluginDescriptor, PluginRegistry } from '@pluggram/sdk/runtime'

/** What plugins and the demo model may know about the assistant, based on the running plugins. */
export function createDirectory(name: string, registry: PluginRegistry): AssistantDirectory {
  return {
    name,
    plugins: () =>
      registry.plugins().map(({ descriptor }) => summarise(descriptor, ownCommands(registry, descriptor))),
  }
}

function summarise(descriptor: PluginDescriptor, commands: PluginDescriptor['commands']): PluginSummary {
  return {
    name: descriptor.name,
    ...(descriptor.title !== undefined && { title: descriptor.title }),
    ...(descriptor.version !== undefined && { version: descriptor.version }),
    ...(descriptor.description !== undefined && { description: descriptor.description }),
    ...(descriptor.help !== undefined && { help: descriptor.help }),
    commands: commands.map((command) => ({
      name: command.name,
      description: command.description,
      examples: command.examples,
      ...(command.usage !== undefined && { usage: command.usage }),
      ...(command.translations && { translations: command.translations }),
      ...(command.role && { role: command.role }),
      ...(command.chats && { chats: command.chats }),
    })),
  }
}
