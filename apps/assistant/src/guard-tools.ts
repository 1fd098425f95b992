import { PluggramError } from '@pluggram/sdk'
import type { CallTool } from '@pluggram/ai'
import type { SecretMask } from '@pluggram/observability'
import type { AccessControl, PluginChats, PluginRegistry } from '@pluggram/sdk/runtime'

export interface ToolGuards {
  readonly access: Pick<AccessControl, 'offIn'>
  readonly chats: Pick<PluginChats, 'enter'>
  readonly mask: SecretMask
}

/** The chat id of a call without a message, such as one over MCP. */
const NO_CHAT = 0

/**
 * Executes all tool calls, from every caller. A plugin that is off in a chat has no tools there. A
 * successful call counts as an answer in its chat. Secrets are masked in the result, because it
 * leaves the assistant.
 */
export function guardTools({ access, chats, mask }: ToolGuards): CallTool {
  return async (plugin, question, signal) => {
    const { id } = question.context.chat
    const { name } = plugin.descriptor
    if (access.offIn(id)?.has(name)) {
      throw new PluggramError('tool-not-found', `The plugin ${name} is off in this chat.`)
    }
    const leave = id === NO_CHAT ? undefined : chats.enter(name, id)
    let isDone = false
    try {
      const result = await plugin.ask('tool', question, signal)
      isDone = true
      return mask.deepToChat(result)
    } finally {
      leave?.(isDone)
    }
  }
}

/** The plugins that are on in a chat, or all of them. */
export function pluginsOn(
  registry: PluginRegistry,
  { offIn }: Pick<AccessControl, 'offIn'>,
): (chatId?: number) => PluginRegistry {
  return (chatId) => ({
    plugins() {
      const off = chatId === undefined ? undefined : offIn(chatId)
      const plugins = registry.plugins()
      return off ? plugins.filter(({ descriptor }) => !off.has(descriptor.name)) : plugins
    },
    ownerOf: (command) => registry.ownerOf(command),
    onChange: (listener) => registry.onChange(listener),
  })
}
