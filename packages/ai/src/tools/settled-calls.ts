import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { chatKey } from './chat-key.ts'

const settledSchema = z.object({
  /** `plugin.tool`. */
  tool: z.string(),
  args: z.unknown(),
  outcome: z.enum(['done', 'failed', 'refused']),
  /** Its result, or why there is none. */
  text: z.string(),
})
const listSchema = z.array(settledSchema)

/** A call that was approved or refused after the answer that requested it. */
export type SettledCall = z.infer<typeof settledSchema>

const MAX_CALLS = 5
/** After a longer pause, a conversation is probably about something else. */
const KEEP_SECONDS = 24 * 3_600

/** Results of approved calls, kept until the next answer in that chat reads them. */
export class SettledCalls {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async add(chat: Pick<Chat, 'id' | 'topicId'>, call: SettledCall): Promise<void> {
    const calls = [...(await this.#read(chat)), call].slice(-MAX_CALLS)
    await this.#store.set(keyFor(chat), calls, { ttlSeconds: KEEP_SECONDS })
  }

  /** Returns the settled calls and removes them. */
  async take(chat: Pick<Chat, 'id' | 'topicId'>): Promise<readonly SettledCall[]> {
    const calls = await this.#read(chat)
    if (calls.length > 0) await this.#store.delete(keyFor(chat))
    return calls
  }

  async #read(chat: Pick<Chat, 'id' | 'topicId'>): Promise<readonly SettledCall[]> {
    return listSchema.safeParse(await this.#store.get(keyFor(chat))).data ?? []
  }
}

function keyFor(chat: Pick<Chat, 'id' | 'topicId'>): string {
  return `settled:${chatKey(chat)}`
}
