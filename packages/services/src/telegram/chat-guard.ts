import { PermissionError } from '@pluggram/sdk'
import type { PluginChats } from '@pluggram/sdk/runtime'

export interface ChatGuardOptions {
  readonly plugin: string
  /** Whether the plugin was granted every chat of the bot. */
  readonly mayWriteAnywhere: boolean
  readonly chats: Pick<PluginChats, 'has'>
  /** Chats that the owner has listed for the plugin. */
  listedChats(): readonly number[]
}

/** Refuses chats that a plugin may not write to. */
export interface ChatGuard {
  /** @throws PermissionError */
  check(chatId: unknown): void
  /**
   * Checks every chat and file in a call's parameters, at any depth.
   * @throws PermissionError
   */
  checkParams(params: unknown): void
}

/** Bot API parameters are only a few levels deep. */
const MAX_DEPTH = 8

export function createChatGuard({
  plugin,
  mayWriteAnywhere,
  chats,
  listedChats,
}: ChatGuardOptions): ChatGuard {
  function check(chatId: unknown): void {
    if (mayWriteAnywhere) return
    // a public name such as @channel could be any chat
    const isOwn = typeof chatId === 'number' && (chats.has(plugin, chatId) || listedChats().includes(chatId))
    if (isOwn) return
    throw new PermissionError(
      `Plugin ${plugin} may not write to the chat ${String(chatId).slice(0, 64)}: it has not answered there. List the chat in config.json under plugin_host.plugins.${plugin}.chats, or add permissions: { telegram: ['sendMessage'] } to its manifest for every chat.`,
    )
  }

  function checkParams(value: unknown, depth = MAX_DEPTH): void {
    // a local Bot API server would read that file from its own disk
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
