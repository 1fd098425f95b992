import { PermissionError } from '@pluggram/sdk'
import type { PluginChats } from '@pluggram/sdk/runtime'

export interface ChatGuardOptions {
  readonly plugin: string
  /** Whether the plugin was granted every chat of the bot. */
  readonly mayWriteAnywhere: boolean
  readonly chats: Pick<PluginChats, 'has'>
  /** Chats that the owner lists for the plugin. */
  listedChats(): readonly number[]
}

/** Refuses chats that a plugin has nothing to do with. */
export interface ChatGuard {
  /** @throws PermissionError */
  check(chatId: unknown): void
  /**
   * Looks at every chat and file that a call's parameters name, however deep.
   * @throws PermissionError
   */
  checkParams(params: unknown): void
}

/** Parameters of the Bot API are flat but for a few levels. */
const MAX_DEPTH = 8

export function createChatGuard({
  plugin,
  mayWriteAnywhere,
  chats,
  listedChats,
}: ChatGuardOptions): ChatGuard {
  function check(chatId: unknown): void {
    if (mayWriteAnywhere) return
    // a public name such as @channel could be anybody's
    const isOwn = typeof chatId === 'number' && (chats.has(plugin, chatId) || listedChats().includes(chatId))
    if (isOwn) return
    throw new PermissionError(
      `Plugin ${plugin} may not write to the chat ${String(chatId).slice(0, 64)}: it has not answered there. List the chat in config.json under plugin_host.plugins.${plugin}.chats, or add permissions: { telegram: ['sendMessage'] } to its manifest for every chat.`,
    )
  }

  function checkParams(value: unknown, depth = MAX_DEPTH): void {
    // a Bot API server on the owner's machine would read that file
    if (typeof value === 'string' && /^\s*file:/i.test(value)) {
      throw new PermissionError(
        `Plugin ${plugin} names a file of the server in a call. Send files with telegram.send.`,
      )
    }
    if (typeof value !== 'object' || value === null) return
    if (depth === 0) throw new PermissionError(`Plugin ${plugin} gives parameters that are nested too deep.`)
    for (const [key, member] of Object.entries(value)) {
      if (key.endsWith('chat_id')) check(member)
      else checkParams(member, depth - 1)
    }
  }

  return { check, checkParams }
}
