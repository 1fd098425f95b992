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

const anyPlace = () =>
  z.object({ chat: z.number().optional(), rolling: z.string().optional() }).transform(withoutUndefined)

const byKey = () => z.tuple([anyPlace(), z.string()])
const set = () => z.tuple([anyPlace(), z.string(), z.unknown(), ttl()])
const list = () => z.tuple([anyPlace(), z.string().optional(), page()])
const update = () => z.tuple([anyPlace(), z.string(), z.number(), ttl()])

/**
 * The host stores the values, and calls back for the changes of `update`. The first argument is the
 * place.
 */
export const storeCrossing: Crossing<Store> = { plugin: (link) => createRemoteStore(link), host: serveStore }

/** Which of a plugin's stores a call is about. */
interface Place {
  readonly chat?: number
  readonly rolling?: string
}

function createRemoteStore(link: PluginLink, place: Place = {}): Store {
  const call = (method: string, ...args: unknown[]): Promise<unknown> => link.call(method, [place, ...args])
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
    rolling: (name) => createRemoteStore(link, { rolling: name }),
    forChat: (id) => createRemoteStore(link, { ...place, chat: id }),
  }
}

function serveStore(store: Store, link: HostLink): Readonly<Record<string, Answer>> {
  // the store validates both
  const of = ({ chat, rolling }: Place): Store => {
    const part = rolling === undefined ? store : store.rolling(rolling)
    return chat === undefined ? part : part.forChat(chat)
  }
  return {
    get(args) {
      const [at, name] = parseArgs('store.get', byKey, args)
      return of(at).get(name)
    },
    delete(args) {
      const [at, name] = parseArgs('store.delete', byKey, args)
      return of(at).delete(name)
    },
    set(args) {
      const [at, name, value, options] = parseArgs('store.set', set, args)
      return of(at).set(name, value, options)
    },
    list(args) {
      const [at, prefix, options] = parseArgs('store.list', list, args)
      return of(at).list(prefix, options)
    },
    update(args) {
      const [at, name, callback, options] = parseArgs('store.update', update, args)
      return of(at).update(name, (current) => link.callBack(callback, [current]), options)
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
