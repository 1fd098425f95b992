import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { chatKey } from './chat-key.ts'

const settledSchema = z.object({
  /** `plugin.tool`. */
  tool: z.string(),
  args: z.unknown(),
  outcome: z.enum(['done', 'failed', 'refused']),
  /** What it gave, or why it gave nothing. */
  text: z.string(),
})
const listSchema = z.array(settledSchema)

/** A call that a person decided about after the answer that asked for it. */
export type SettledCall = z.infer<typeof settledSchema>

const MAX_CALLS = 5
/** A conversation that rests longer is about something else. */
const KEEP_SECONDS = 24 * 3_600

/** What came of approved calls, until the next answer in that chat has read it. */
export class SettledCalls {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async add(chat: Pick<Chat, 'id' | 'topicId'>, call: SettledCall): Promise<void> {
    const calls = [...(await this.#read(chat)), call].slice(-MAX_CALLS)
    await this.#store.set(keyFor(chat), calls, { ttlSeconds: KEEP_SECONDS })
  }

  /** Gives them once. */
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
