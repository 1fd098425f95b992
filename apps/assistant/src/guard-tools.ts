import { mapTexts } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import type { AccessControl, PluginChats, PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'

/** The chat of a call that comes over MCP. */
const NO_CHAT = 0

export interface ToolGuards {
  readonly access: Pick<AccessControl, 'offIn'>
  readonly chats: Pick<PluginChats, 'enter'>
  readonly mask: SecretMask
}

/**
 * The same plugins, whose tools respect where they are called: a plugin that is off in a chat has no tools there, and one
 * whose tool worked for a chat has answered in it. What they give goes to a model, so secrets are hidden in it.
 */
export function guardTools(
  registry: PluginRegistry,
  guards: ToolGuards,
): (chatId?: number) => PluginRegistry {
  const guarded = new WeakMap<RunnablePlugin, RunnablePlugin>()

  function guard(plugin: RunnablePlugin): RunnablePlugin {
    const known = guarded.get(plugin) ?? guardOne(plugin, guards)
    guarded.set(plugin, known)
    return known
  }

  return (chatId) => ({
    plugins() {
      const off = chatId === undefined ? undefined : guards.access.offIn(chatId)
      const plugins = registry.plugins()
      return (off ? plugins.filter(({ descriptor }) => !off.has(descriptor.name)) : plugins).map(guard)
    },
    onChange: (listener) => registry.onChange(listener),
  })
}

function guardOne(plugin: RunnablePlugin, { access, chats, mask }: ToolGuards): RunnablePlugin {
  return {
    // an MCP server has other tools after its owner agreed to them
    get descriptor() {
      return plugin.descriptor
    },
    handle: (message, context) => plugin.handle(message, context),
    async callTool(tool, args, context) {
      const { id } = context.chat
      const { descriptor } = plugin
      if (access.offIn(id)?.has(descriptor.name)) {
        throw new PluggramError('tool-not-found', `The plugin ${descriptor.name} is off in this chat.`)
      }
      const leave = id === NO_CHAT ? () => {} : chats.enter(descriptor.name, id)
      let isDone = false
      try {
        const result = await plugin.callTool(tool, args, context)
        isDone = true
        return mapTexts(result, (text) => mask.applyToChat(text)) as typeof result
      } finally {
        leave(isDone)
      }
    },
  }
}
