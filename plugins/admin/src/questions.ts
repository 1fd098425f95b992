import { z } from '@pluggram/sdk'
import type { MessageContext, Store } from '@pluggram/sdk'
import type { AskingReply } from './setting-pages.ts'

type Asked = NonNullable<AskingReply['asks']>

const TTL_SECONDS = 24 * 60 * 60
const askedSchema = z.object({
  plugin: z.string(),
  key: z.string(),
  scope: z.enum(['here', 'everywhere']),
})

/**
 * Messages of this plugin whose answers set a key. They are stored for a day, so they survive a
 * restart.
 */
export class Questions {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Stores what the page asks for that the pressed message shows now; it may be nothing. */
  async note({ chat, message }: MessageContext, asked: Asked | undefined): Promise<void> {
    const key = keyOf(chat.id, message.id)
    if (asked) await this.#store.set(key, asked, { ttlSeconds: TTL_SECONDS })
    else await this.#store.delete(key)
  }

  /** The key that a message sets because it answers one of these pages. */
  async answeredBy({ chat, message, command }: MessageContext): Promise<Asked | undefined> {
    if (command || !message.replyTo?.fromBot) return undefined
    return askedSchema.safeParse(await this.#store.get(keyOf(chat.id, message.replyTo.id))).data
  }
}

function keyOf(chatId: number, messageId: number): string {
  return `asked:${chatId}:${messageId}`
}
