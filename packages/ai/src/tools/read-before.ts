import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { findAddresses } from './addresses.ts'
import { chatKey } from './chat-key.ts'

/** A conversation counts as tainted for this long after its last third-party text. */
const KEEP_SECONDS = 24 * 3_600
/** Keeps the list far below the store's limit for one value. */
const MAX_ADDRESSES = 300
const MAX_ADDRESS_CHARACTERS = 300

const storedSchema = z.object({ addresses: z.array(z.string()) })

type Place = Pick<Chat, 'id' | 'topicId'>

/** Remembers which conversations contain third-party text, and the addresses in it. */
export class ReadBefore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * @returns the addresses in it; `undefined` when the conversation contains no third-party text
   */
  async addresses(chat: Place): Promise<readonly string[] | undefined> {
    const stored = await this.#store.get(keyOf(chat))
    if (stored === undefined) return undefined
    return storedSchema.safeParse(stored).data?.addresses ?? []
  }

  /** Records third-party texts: whatever the model says from now on may be derived from them. */
  async add(chat: Place, texts: readonly string[]): Promise<void> {
    const found = texts.flatMap(findAddresses).filter((address) => address.length <= MAX_ADDRESS_CHARACTERS)
    const all = [...new Set([...((await this.addresses(chat)) ?? []), ...found])]
    await this.#store.set(keyOf(chat), { addresses: all.slice(-MAX_ADDRESSES) }, { ttlSeconds: KEEP_SECONDS })
  }

  async forget(chat: Place): Promise<void> {
    await this.#store.delete(keyOf(chat))
  }
}

function keyOf(chat: Place): string {
  return `read-others:${chatKey(chat)}`
}
