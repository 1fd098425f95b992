import type { Awaitable, Store } from '@pluggram/sdk'
import { z } from 'zod'
import type { Answer, Crossing, HostLink, PluginLink } from '../crossing/links.ts'
import { parseArgs } from '../crossing/parse-args.ts'
import { encodeValue } from './encode-value.ts'

const ttl = () => z.object({ ttlSeconds: z.number().optional() }).transform(withoutUndefined).optional()
const page = () =>
  z
    .object({ limit: z.number().optional(), after: z.string().optional() })
    .transform(withoutUndefined)
    .optional()

// the first argument is the chat
const byKey = () => z.tuple([z.unknown(), z.string()])
const set = () => z.tuple([z.unknown(), z.string(), z.unknown(), ttl()])
const list = () => z.tuple([z.unknown(), z.string().optional(), page()])
const update = () => z.tuple([z.unknown(), z.string(), z.number(), ttl()])

/**
 * The host stores the values, and calls back for the changes of `update`. The first argument is the
 * chat of `forChat`.
 */
export const storeCrossing: Crossing<Store> = { plugin: (link) => createRemoteStore(link), host: serveStore }

function createRemoteStore(link: PluginLink, chatId?: number): Store {
  const call = (method: string, ...args: unknown[]): Promise<unknown> => link.call(method, [chatId, ...args])
  return {
    get: async <T>(name: string) => (await call('get', name)) as T | undefined,
    async set(name, value, options) {
      await call('set', name, toJson(name, value), options)
    },
    delete: async (name) => (await call('delete', name)) === true,
    async update<T>(
      name: string,
      change: (current: T | undefined) => Awaitable<T | undefined>,
      options?: { readonly ttlSeconds?: number },
    ) {
      const callback = link.keep(async (current: T | undefined) => {
        const value = await change(current)
        return value === undefined ? undefined : toJson(name, value)
      })
      try {
        return (await call('update', name, callback, options)) as T | undefined
      } finally {
        link.release(callback)
      }
    },
    list: async (prefix, options) => (await call('list', prefix, options)) as readonly string[],
    forChat: (id) => createRemoteStore(link, id),
  }
}

function serveStore(store: Store, link: HostLink): Readonly<Record<string, Answer>> {
  // forChat validates the id
  const of = (id: unknown): Store => (id === undefined ? store : store.forChat(id as number))
  return {
    get(args) {
      const [id, name] = parseArgs('store.get', byKey, args)
      return of(id).get(name)
    },
    delete(args) {
      const [id, name] = parseArgs('store.delete', byKey, args)
      return of(id).delete(name)
    },
    set(args) {
      const [id, name, value, options] = parseArgs('store.set', set, args)
      return of(id).set(name, value, options)
    },
    list(args) {
      const [id, prefix, options] = parseArgs('store.list', list, args)
      return of(id).list(prefix, options)
    },
    update(args) {
      const [id, name, callback, options] = parseArgs('store.update', update, args)
      return of(id).update(name, (current) => link.callBack(callback, [current]), options)
    },
  }
}

/** The store accepts only JSON, although more could cross. */
function toJson(name: string, value: unknown): unknown {
  return JSON.parse(encodeValue(name, value))
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> }
}
