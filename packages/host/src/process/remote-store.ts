import { encodeValue } from '@pluggram/services/plugin-side'
import type { Awaitable, Store } from '@pluggram/sdk'
import type { Peer } from '../rpc/peer.ts'
import type { Callbacks } from './callbacks.ts'

/** The store of a plugin process: the values are kept by the host, which asks back for what `update` changes. */
export function createRemoteStore(peer: Peer, callbacks: Callbacks, chatId?: number): Store {
  const call = (method: string, ...args: unknown[]): Promise<unknown> =>
    peer.call('store', [chatId, method, ...args])
  return {
    get: async <T>(key: string) => (await call('get', key)) as T | undefined,
    async set(key, value, options) {
      await call('set', key, toJson(key, value), options)
    },
    delete: async (key) => (await call('delete', key)) === true,
    async update<T>(
      key: string,
      change: (current: T | undefined) => Awaitable<T | undefined>,
      options?: { readonly ttlSeconds?: number },
    ) {
      const id = callbacks.add(async (current: T | undefined) => {
        const value = await change(current)
        return value === undefined ? undefined : toJson(key, value)
      })
      try {
        return (await call('update', key, id, options)) as T | undefined
      } finally {
        callbacks.delete(id)
      }
    },
    list: async (prefix, options) => (await call('list', prefix, options)) as readonly string[],
    forChat: (id) => createRemoteStore(peer, callbacks, id),
  }
}

/** The store takes JSON, not all that could cross. */
function toJson(key: string, value: unknown): unknown {
  return JSON.parse(encodeValue(key, value))
}
