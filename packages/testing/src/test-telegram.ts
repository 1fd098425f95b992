import { parseResponse } from '@pluggram/host'
import type { Reply, SendOptions, TelegramService } from '@pluggram/sdk'

/** What a plugin did with `services.telegram`. */
export type TelegramRecord =
  | { readonly kind: 'send'; readonly chatId: number; readonly reply: Reply; readonly options: SendOptions }
  | { readonly kind: 'edit'; readonly chatId: number; readonly messageId: number; readonly reply: Reply }
  | { readonly kind: 'delete'; readonly chatId: number; readonly messageId: number }
  | { readonly kind: 'call'; readonly method: string; readonly params: Readonly<Record<string, unknown>> }

export interface TestTelegram extends TelegramService {
  /** In the order of the calls; several replies of one `send` are several records. */
  readonly records: readonly TelegramRecord[]
}

/**
 * A `telegram` service that records what a plugin did. It accepts messages to every chat, and sends
 * each key once.
 * @param answer what methods of the Bot API return; by default `true`
 */
export function createTestTelegram(
  answer: (method: string, params: Readonly<Record<string, unknown>>) => unknown = () => true,
): TestTelegram {
  const records: TelegramRecord[] = []
  const keys = new Set<string>()
  let lastMessageId = 0

  return {
    records,
    async send(chatId, reply, options = {}) {
      const { key } = options
      if (key !== undefined && keys.has(key)) return []
      if (key !== undefined) keys.add(key)
      return toReplies(reply).map((one) => {
        records.push({ kind: 'send', chatId, reply: one, options })
        lastMessageId += 1
        return { id: lastMessageId, chatId }
      })
    },
    async edit(chatId, messageId, reply) {
      for (const one of toReplies(reply)) records.push({ kind: 'edit', chatId, messageId, reply: one })
    },
    async delete(chatId, messageId) {
      records.push({ kind: 'delete', chatId, messageId })
    },
    async call(method, params = {}) {
      records.push({ kind: 'call', method, params })
      return answer(method, params)
    },
  }
}

function toReplies(reply: unknown): Reply[] {
  const response = parseResponse('under test', reply)
  const items = (Array.isArray(response) ? response : [response]) as readonly (string | Reply)[]
  return items.map((item) => (typeof item === 'string' ? { text: item } : item))
}
