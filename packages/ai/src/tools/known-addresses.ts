import { KeyLock } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { findAddresses, hostKey, parseAddress } from './addresses.ts'
import { chatKey } from './chat-key.ts'

/** An address in a result can be asked for later without a question, for this long. */
const KEEP_SECONDS = 24 * 3_600
/** Keeps the list far below the store's limit for one value. */
const MAX_ADDRESSES = 300
const MAX_ADDRESS_CHARACTERS = 300
const MAX_HOSTS = 300

const listSchema = z.array(z.string())

type Place = Pick<Chat, 'id' | 'topicId'>

/** Remembers by conversation the addresses in tool results, and the hosts that a person agreed to. */
export class KnownAddresses {
  readonly #store: Store
  readonly #locks = new KeyLock()

  constructor(store: Store) {
    this.#store = store
  }

  seen(chat: Place): Promise<readonly string[]> {
    return this.#list(seenKey(chat))
  }

  /** Records the addresses in texts that a tool gave, or that came with a message. */
  async see(chat: Place, texts: readonly string[]): Promise<void> {
    const found = texts.flatMap(findAddresses).filter((address) => address.length <= MAX_ADDRESS_CHARACTERS)
    if (found.length > 0) await this.#add(seenKey(chat), found, MAX_ADDRESSES, { ttlSeconds: KEEP_SECONDS })
  }

  async agreedHosts(chat: Place): Promise<ReadonlySet<string>> {
    return new Set(await this.#list(agreedKey(chat)))
  }

  /** Records that a person approved a call with these addresses. */
  async agree(chat: Place, addresses: readonly string[]): Promise<void> {
    const hosts = addresses.flatMap((address) => {
      const url = parseAddress(address)
      return url ? [hostKey(url)] : []
    })
    if (hosts.length > 0) await this.#add(agreedKey(chat), hosts, MAX_HOSTS, {})
  }

  /** Forgets what results of an earlier conversation had. */
  async forgetSeen(chat: Place): Promise<void> {
    await this.#store.delete(seenKey(chat))
  }

  /** Forgets everything about a chat. */
  async forget(chat: Place): Promise<void> {
    await this.forgetSeen(chat)
    await this.#store.delete(agreedKey(chat))
  }

  async #list(key: string): Promise<readonly string[]> {
    return listSchema.safeParse(await this.#store.get(key)).data ?? []
  }

  #add(
    key: string,
    items: readonly string[],
    limit: number,
    options: { ttlSeconds?: number },
  ): Promise<void> {
    return this.#locks.run(key, async () => {
      const all = [...new Set([...(await this.#list(key)), ...items])]
      await this.#store.set(key, all.slice(-limit), options)
    })
  }
}

function seenKey(chat: Place): string {
  return `seen:${chatKey(chat)}`
}

function agreedKey(chat: Place): string {
  return `agreed:${chatKey(chat)}`
}
