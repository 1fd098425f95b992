import { PluggramError } from '@pluggram/sdk'
import type { Store } from '@pluggram/sdk'
import { z } from 'zod'
import type { Peer } from '../rpc/peer.ts'

const key = z.string()
const ttl = z.object({ ttlSeconds: z.number().optional() }).transform(withoutUndefined).optional()
const page = z
  .object({ limit: z.number().optional(), after: z.string().optional() })
  .transform(withoutUndefined)
  .optional()

const callSchema = z.union([
  z.tuple([z.literal('get'), key]),
  z.tuple([z.literal('delete'), key]),
  z.tuple([z.literal('set'), key, z.unknown(), ttl]),
  z.tuple([z.literal('list'), z.string().optional(), page]),
  z.tuple([z.literal('update'), key, z.number(), ttl]),
])

/** Does for a plugin process what it asks of its store. */
export async function serveStore(store: Store, args: readonly unknown[], peer: Peer): Promise<unknown> {
  const [chatId, ...rest] = args
  const own = chatId === undefined ? store : store.forChat(chatId as number)
  const parsed = callSchema.safeParse(rest)
  if (!parsed.success) {
    throw new PluggramError('permission-missing', `The store does not know such a call: ${String(rest[0])}.`)
  }
  const call = parsed.data
  switch (call[0]) {
    case 'get':
      return own.get(call[1])
    case 'delete':
      return own.delete(call[1])
    case 'set':
      return own.set(call[1], call[2], call[3])
    case 'list':
      return own.list(call[1], call[2])
    case 'update':
      return own.update(call[1], (current) => peer.call('callback', [call[2], current]), call[3])
  }
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> }
}
