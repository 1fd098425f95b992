import { z } from '@pluggram/sdk'
import type { Chat, ChatMessage, Store } from '@pluggram/sdk'
import { KeyLock } from './key-lock.ts'

/** Bounds what a chat may occupy: in the store, and in the model's context. */
const MAX_CHARACTERS = 60_000
const MAX_TURN_CHARACTERS = 16_000
const PARTIAL_NOTE = '\n\n[This answer broke off here.]'

const turnSchema = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** The answer did not come to its end. */
  isPartial: z.boolean().optional(),
})
const conversationSchema = z.object({ id: z.string(), turns: z.array(turnSchema) })

type Turn = z.infer<typeof turnSchema>
type Conversation = z.infer<typeof conversationSchema>

/** A conversation as it was when a message came in. */
export interface Recollection {
  /** Names the conversation, so that an answer that ends after `/new` is not written into the next one. */
  readonly conversationId: string
  readonly messages: readonly ChatMessage[]
}

export interface Exchange {
  readonly user: string
  readonly assistant: string
  readonly isPartial: boolean
}

/** What was said in each chat, and in each topic of it. Safe for several answers to one chat at the same time. */
export class ChatHistory {
  readonly #store: Store
  readonly #maximum: number
  readonly #lock = new KeyLock()

  constructor(store: Store, maximumMessages: number) {
    this.#store = store
    this.#maximum = maximumMessages
  }

  /** Reads a chat's conversation; begins one when there is none. */
  recall(chat: Chat): Promise<Recollection> {
    return this.#lock.run(keyOf(chat), async () => {
      const stored = await this.#read(chat)
      const conversation = stored ?? (await this.#begin(chat))
      return {
        conversationId: conversation.id,
        messages: toMessages(trim(conversation.turns, this.#maximum)),
      }
    })
  }

  /** Adds a question with its answer, unless the conversation was ended meanwhile. */
  add(chat: Chat, conversationId: string, { user, assistant, isPartial }: Exchange): Promise<void> {
    return this.#lock.run(keyOf(chat), async () => {
      const conversation = await this.#read(chat)
      if (conversation?.id !== conversationId) return
      const turns: Turn[] = [
        ...conversation.turns,
        { role: 'user', content: shorten(user) },
        { role: 'assistant', content: shorten(assistant), ...(isPartial && { isPartial }) },
      ]
      await this.#store.set(keyOf(chat), { id: conversation.id, turns: trim(turns, this.#maximum) })
    })
  }

  /** Forgets everything said in a chat. */
  forget(chat: Chat): Promise<void> {
    return this.#lock.run(keyOf(chat), async () => {
      await this.#begin(chat)
    })
  }

  async #begin(chat: Chat): Promise<Conversation> {
    const conversation: Conversation = { id: crypto.randomUUID(), turns: [] }
    await this.#store.set(keyOf(chat), conversation)
    return conversation
  }

  /** `undefined` also for what an older version wrote and this one cannot read. */
  async #read(chat: Chat): Promise<Conversation | undefined> {
    return conversationSchema.safeParse(await this.#store.get(keyOf(chat))).data
  }
}

function keyOf({ id, topicId }: Chat): string {
  return topicId === undefined ? `history:${id}` : `history:${id}:${topicId}`
}

/** The newest turns within both bounds, beginning with a user's: models refuse a conversation that starts otherwise. */
function trim(turns: readonly Turn[], maximumMessages: number): Turn[] {
  let size = 0
  let start = turns.length
  while (start > 0 && turns.length - start < maximumMessages) {
    size += turns[start - 1]?.content.length ?? 0
    if (size > MAX_CHARACTERS) break
    start--
  }
  const firstUser = turns.findIndex(({ role }, index) => index >= start && role === 'user')
  return firstUser < 0 ? [] : turns.slice(firstUser)
}

function toMessages(turns: readonly Turn[]): ChatMessage[] {
  return turns.map(({ role, content, isPartial }) => ({
    role,
    content: isPartial ? content + PARTIAL_NOTE : content,
  }))
}

function shorten(text: string): string {
  return text.length > MAX_TURN_CHARACTERS ? `${text.slice(0, MAX_TURN_CHARACTERS).toWellFormed()} […]` : text
}
