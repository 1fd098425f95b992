import { KeyLock } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import type { Chat, ChatMessage, IncomingMessage, Store } from '@pluggram/sdk'
import { turnSchema, windowStart } from './history-window.ts'
import type { Asked, Turn, WindowLimits } from './history-window.ts'

/** Limits what a chat may occupy in the store, independent of what the model is shown. */
const MAX_STORED = { messages: 1_000, tokens: 40_000 }
const MAX_TURN_CHARACTERS = 16_000
const PARTIAL_PROMPT = '\n\n[This answer broke off here.]'
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000

const conversationSchema = z.object({
  id: z.string(),
  turns: z.array(turnSchema),
  /**
   * A short version of what was said before the turns; `since` is when its oldest message was said.
   */
  summary: z.object({ text: z.string(), since: z.number(), isForeign: z.boolean().default(true) }).optional(),
})
type Conversation = z.infer<typeof conversationSchema>

/** Where a conversation is: a chat, or one of its topics. */
type Place = Pick<Chat, 'id' | 'topicId'>

/** A conversation at the time when a message arrived. */
export interface Recollection {
  /**
   * Identifies the conversation, so that an answer that ends after `/new` is not added to the next
   * one.
   */
  readonly conversationId: string
  readonly messages: readonly ChatMessage[]
  readonly summary?: string
  /** The summary follows from text that the user did not write. */
  readonly isSummaryForeign: boolean
}

/** Everything that is stored of a conversation. */
export interface StoredTalk {
  readonly turns: readonly Turn[]
  readonly summary?: string
}

type Said = Pick<Turn, 'content' | 'isForeign' | 'asked' | 'hasActed'>

/** A question that is in a conversation, with its answer. */
export interface KnownQuestion extends Asked {
  /** Nothing was said after its answer. */
  readonly isLast: boolean
  readonly hasActed: boolean
}

export interface Exchange {
  readonly user: Said
  readonly assistant: Said
  readonly isPartial: boolean
  /** A question whose words this exchange takes the place of. */
  readonly replaces?: number | undefined
}

/** The oldest part of a conversation, which no longer fits into the model's window. */
export interface Overflow {
  readonly conversationId: string
  readonly turns: readonly Turn[]
  readonly summary?: string
  /** What is summarised holds text that the user did not write. */
  readonly isForeign: boolean
}

export interface HistoryLimits {
  readonly messages: number
  readonly tokens: number
  /** 0 keeps everything. */
  readonly retentionDays: number
}

/**
 * What was said in each chat and each of its topics. Several answers in one chat may use it at the
 * same time.
 */
export class ChatHistory {
  readonly #store: Store
  readonly #limits: HistoryLimits
  readonly #now: () => number
  readonly #lock = new KeyLock()

  constructor(store: Store, limits: HistoryLimits, now: () => number = Date.now) {
    this.#store = store
    this.#limits = limits
    this.#now = now
  }

  /**
   * Reads a chat's conversation; starts one if there is none.
   * @param without a message whose question and answer are left out
   */
  recall(chat: Chat, without?: number): Promise<Recollection> {
    return this.#lock.run(keyOf(chat), async () => {
      const { id, turns: all, summary } = (await this.#read(chat)) ?? (await this.#begin(chat))
      const turns = withoutQuestion(all, without)
      return {
        conversationId: id,
        messages: turns.slice(windowStart(turns, this.#window(1))).map(toMessage),
        ...(summary && { summary: summary.text }),
        isSummaryForeign: summary?.isForeign ?? false,
      }
    })
  }

  /** Adds a question with its answer, unless the conversation has ended meanwhile. */
  add(chat: Chat, conversationId: string, { user, assistant, isPartial, replaces }: Exchange): Promise<void> {
    return this.#change(chat, conversationId, (conversation) => {
      const at = this.#now()
      const turns: Turn[] = [
        ...withoutQuestion(conversation.turns, replaces),
        { role: 'user', ...shortened(user), at },
        { role: 'assistant', ...shortened(assistant), at, ...(isPartial && { isPartial }) },
      ]
      return { ...conversation, turns: turns.slice(windowStart(turns, { ...MAX_STORED, since: 0 })) }
    })
  }

  /** The question that came from a message or its album, if it is in the conversation. */
  async question(
    chat: Chat,
    { id, albumId }: Pick<IncomingMessage, 'id' | 'albumId'>,
  ): Promise<KnownQuestion | undefined> {
    const turns = (await this.#read(chat))?.turns ?? []
    const own = indexOf(turns, id)
    const at =
      own === -1 && albumId !== undefined
        ? turns.findLastIndex(({ asked }) => asked?.albumId === albumId)
        : own
    const asked = turns[at]?.asked
    if (!asked) return undefined
    return { ...asked, isLast: at >= turns.length - 2, hasActed: turns[at + 1]?.hasActed === true }
  }

  /** Gives a question new words; its answer stays. */
  async reword(chat: Chat, messageId: number, words: Said): Promise<void> {
    const conversation = await this.#read(chat)
    await this.#change(chat, conversation?.id ?? '', ({ turns, ...rest }) => {
      const at = indexOf(turns, messageId)
      const turn = turns[at]
      return turn && { ...rest, turns: turns.with(at, { ...turn, ...shortened(words) }) }
    })
  }

  /**
   * The turns to summarise now, so that they are not forgotten. The newer half of what fits stays
   * unchanged.
   */
  async overflow(chat: Chat): Promise<Overflow | undefined> {
    const conversation = await this.#read(chat)
    if (!conversation || windowStart(conversation.turns, this.#window(1)) === 0) return undefined
    const { id, turns, summary } = conversation
    const old = turns.slice(0, windowStart(turns, this.#window(0.5)))
    return {
      conversationId: id,
      turns: old,
      ...(summary && { summary: summary.text }),
      isForeign: summary?.isForeign === true || old.some((turn) => turn.isForeign),
    }
  }

  /** Replaces old turns by a summary, unless the conversation was ended or shortened meanwhile. */
  condense(chat: Chat, { conversationId, turns: old, isForeign }: Overflow, text: string): Promise<void> {
    return this.#change(chat, conversationId, ({ id, turns, summary }) => {
      const isThere = old.every(({ content }, index) => turns[index]?.content === content)
      if (!isThere) return undefined
      const since = summary?.since ?? old[0]?.at ?? this.#now()
      return { id, turns: turns.slice(old.length), summary: { text: shorten(text), since, isForeign } }
    })
  }

  /** Forgets everything that was said in a chat. */
  forget(chat: Chat): Promise<void> {
    return this.#lock.run(keyOf(chat), async () => {
      await this.#begin(chat)
    })
  }

  /** Forgets what was said in a chat, in all its topics. Returns how many of them had turns. */
  async forgetTopics(chatId: number): Promise<number> {
    let count = 0
    for (const chat of await this.topics(chatId)) {
      if ((await this.stored(chat)).turns.length > 0) count += 1
      await this.#lock.run(keyOf(chat), async () => void (await this.#store.delete(keyOf(chat))))
    }
    return count
  }

  /** The places of a chat in which something is stored: the chat itself, and its topics. */
  async topics(chatId: number): Promise<readonly Place[]> {
    const whole = (await this.#store.get(keyOf({ id: chatId }))) === undefined ? [] : [{ id: chatId }]
    const prefix = `${keyOf({ id: chatId })}:`
    const topics: Place[] = []
    for (let after = '', isMore = true; isMore;) {
      const keys = await this.#store.list(prefix, { ...(after !== '' && { after }) })
      topics.push(...keys.map((key) => ({ id: chatId, topicId: Number(key.slice(prefix.length)) })))
      after = keys.at(-1) ?? ''
      isMore = after !== ''
    }
    return [...whole, ...topics.toSorted((one, other) => (one.topicId ?? 0) - (other.topicId ?? 0))]
  }

  /** Everything that is stored of a chat, for its people to see. */
  async stored(chat: Place): Promise<StoredTalk> {
    const conversation = await this.#read(chat)
    return {
      turns: conversation?.turns ?? [],
      ...(conversation?.summary && { summary: conversation.summary.text }),
    }
  }

  async #begin(chat: Chat): Promise<Conversation> {
    const conversation: Conversation = { id: crypto.randomUUID(), turns: [] }
    await this.#write(chat, conversation)
    return conversation
  }

  #change(
    chat: Chat,
    conversationId: string,
    work: (conversation: Conversation) => Conversation | undefined,
  ): Promise<void> {
    return this.#lock.run(keyOf(chat), async () => {
      const conversation = await this.#read(chat)
      if (conversation?.id !== conversationId) return
      const changed = work(conversation)
      if (changed) await this.#write(chat, changed)
    })
  }

  async #write(chat: Chat, conversation: Conversation): Promise<void> {
    const ttlSeconds = (this.#limits.retentionDays * DAY_MILLISECONDS) / 1_000
    await this.#store.set(keyOf(chat), conversation, ttlSeconds > 0 ? { ttlSeconds } : {})
  }

  /** Also `undefined` for unreadable data, because other programs can write to the store. */
  async #read(chat: Place): Promise<Conversation | undefined> {
    const { data } = conversationSchema.safeParse(await this.#store.get(keyOf(chat)))
    if (!data) return undefined
    const since = this.#since()
    return {
      id: data.id,
      turns: data.turns.filter(({ at }) => at >= since),
      ...(data.summary && data.summary.since >= since && { summary: data.summary }),
    }
  }

  #since(): number {
    const { retentionDays } = this.#limits
    return retentionDays === 0 ? 0 : this.#now() - retentionDays * DAY_MILLISECONDS
  }

  #window(share: number): WindowLimits {
    const { messages, tokens } = this.#limits
    return { messages: Math.floor(messages * share), tokens: tokens * share, since: this.#since() }
  }
}

function keyOf({ id, topicId }: Place): string {
  return topicId === undefined ? `history:${id}` : `history:${id}:${topicId}`
}

function toMessage({ role, content, isPartial, isForeign }: Turn): ChatMessage {
  return { role, content: isPartial ? content + PARTIAL_PROMPT : content, isForeign }
}

function shortened({ content, ...rest }: Said): Said {
  return { content: shorten(content), ...rest }
}

function indexOf(turns: readonly Turn[], messageId: number): number {
  return turns.findLastIndex(({ asked }) => asked?.ids.includes(messageId) === true)
}

/** The turns without a question and its answer. */
function withoutQuestion(turns: readonly Turn[], messageId: number | undefined): readonly Turn[] {
  const at = messageId === undefined ? -1 : indexOf(turns, messageId)
  if (at === -1) return turns
  return turns.toSpliced(at, turns[at + 1]?.role === 'assistant' ? 2 : 1)
}

function shorten(text: string): string {
  return text.length > MAX_TURN_CHARACTERS ? `${text.slice(0, MAX_TURN_CHARACTERS).toWellFormed()} […]` : text
}
