import { definePart } from '@pluggram/assembly'
import { Buttons } from '@pluggram/pipeline'
import type { StoreBackend } from '@pluggram/sdk/runtime'
import { readButtonKey } from '../button-key.ts'
import * as tokens from './tokens.ts'

/** How long data that does not fit into a button is stored. */
const KEEP_MS = 90 * 24 * 60 * 60 * 1_000

/** Signs the buttons of every message, and checks presses. */
export const signedButtons = definePart({
  name: 'buttons',
  needs: { folders: tokens.folders, storage: tokens.storage, logger: tokens.logger },
  gives: tokens.buttons,
  start({ folders, storage: { pluginStores, chatMoves }, logger }) {
    // no plugin can have this name, so plugins cannot read or change the data
    const stores = new Map<string, StoreBackend>()
    const storeOf = (plugin: string): StoreBackend => {
      const store = stores.get(plugin) ?? pluginStores.forPlugin(`buttons:${plugin}`)
      stores.set(plugin, store)
      return store
    }
    return new Buttons({
      key: readButtonKey(folders.data, logger),
      long: {
        write: (plugin, key, data) =>
          storeOf(plugin).write(key, { json: JSON.stringify(data), expiresAt: Date.now() + KEEP_MS }),
        async read(plugin, key) {
          const found = await storeOf(plugin).read(key)
          return found && (JSON.parse(found.json) as string)
        },
      },
      formerIds: (chatId) => chatMoves.formerIds(chatId),
    })
  },
})
