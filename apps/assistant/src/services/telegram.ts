import { parseResponse } from '@pluggram/host'
import type { Buttons } from '@pluggram/pipeline'
import type { PluginPermissions, TelegramService } from '@pluggram/sdk'
import { createTelegramService } from '@pluggram/services'
import type { TelegramServiceOptions } from '@pluggram/services'

export interface TelegramPorts extends Pick<TelegramServiceOptions, 'connection' | 'chats' | 'messages'> {
  /** Chats that the owner lists for a plugin. */
  listedChats(plugin: string): readonly number[]
  readonly buttons: Pick<Buttons, 'signData'>
}

/** The `telegram` service of one plugin. */
export function telegramFor(
  plugin: string,
  permissions: PluginPermissions | undefined,
  ports: TelegramPorts,
  onRefused: (message: string) => void,
): TelegramService {
  return createTelegramService({
    plugin,
    permissions,
    connection: () => ports.connection(),
    chats: ports.chats,
    messages: ports.messages,
    sign(chatId, data) {
      const { wire, written } = ports.buttons.signData(data, { plugin, chatId })
      return written ? written.then(() => wire) : wire
    },
    listedChats: () => ports.listedChats(plugin),
    parseReply: (reply) => parseResponse(plugin, reply),
    onRefused,
  })
}
