import { createHash } from 'node:crypto'
import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { FeedError } from './feed-error.ts'
import { TEXTS } from './texts.ts'

const subscriberSchema = z.object({ chatId: z.number(), topicId: z.number().optional() })
const feedSchema = z.object({ url: z.string(), title: z.string(), subscribers: z.array(subscriberSchema) })
const feedsSchema = z.record(z.string(), feedSchema)

const stateSchema = z.object({
  /** Ids of entries that were sent or already existed, newest first. */
  seen: z.array(z.string()),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  failures: z.int().default(0),
  /** Not checked before this time, in milliseconds since 1970. */
  notBefore: z.number().default(0),
})

type Subscriber = z.infer<typeof subscriberSchema>
export type FollowedFeed = z.infer<typeof feedSchema> & { readonly key: string }
export type FeedState = z.infer<typeof stateSchema>

const KEY = 'feeds'
/** All of them are one value of the store. */
const MAX_FEEDS = 2_000
const MAX_SUBSCRIBERS = 500
const MAX_SEEN = 500

/** Who follows which feed, and which of its entries were seen. */
export class Subscriptions {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async all(): Promise<FollowedFeed[]> {
    return Object.entries(parse(await this.#store.get(KEY))).map(([key, feed]) => ({ key, ...feed }))
  }

  /** In the order in which they were added. */
  async ofChat(chat: Chat): Promise<FollowedFeed[]> {
    return (await this.all()).filter(({ subscribers }) => subscribers.some((item) => isChat(item, chat)))
  }

  /**
   * False if the chat follows it already.
   * @throws FeedError if there are too many
   */
  async add(
    { url, title }: { url: string; title: string },
    chat: Chat,
    maxPerChat: number,
  ): Promise<boolean> {
    const key = feedKey(url)
    let isNew = false
    await this.#store.update<unknown>(KEY, (stored) => {
      const feeds = parse(stored)
      const feed = feeds[key] ?? { url, title, subscribers: [] }
      isNew = !feed.subscribers.some((item) => isChat(item, chat))
      if (!isNew) return feeds
      const followed = Object.values(feeds).filter(({ subscribers }) =>
        subscribers.some((item) => isChat(item, chat)),
      )
      if (followed.length >= maxPerChat) throw new FeedError(TEXTS.tooManyFeedsHere(maxPerChat))
      const isFull = Object.keys(feeds).length >= MAX_FEEDS || feed.subscribers.length >= MAX_SUBSCRIBERS
      if (isFull) throw new FeedError(TEXTS.tooManyFeeds)
      const subscriber = { chatId: chat.id, ...(chat.topicId !== undefined && { topicId: chat.topicId }) }
      return { ...feeds, [key]: { ...feed, title, subscribers: [...feed.subscribers, subscriber] } }
    })
    return isNew
  }

  /** False if the chat did not follow it. */
  async remove(key: string, chat: Chat): Promise<boolean> {
    let wasThere = false
    let isLast = false
    await this.#store.update<unknown>(KEY, (stored) => {
      const { [key]: feed, ...others } = parse(stored)
      const subscribers = feed?.subscribers.filter((item) => !isChat(item, chat)) ?? []
      wasThere = feed !== undefined && subscribers.length < feed.subscribers.length
      isLast = subscribers.length === 0
      return feed === undefined || isLast ? others : { ...others, [key]: { ...feed, subscribers } }
    })
    if (wasThere && isLast) await this.#store.delete(stateKey(key))
    return wasThere
  }

  async state(key: string): Promise<FeedState | undefined> {
    return stateSchema.safeParse(await this.#store.get(stateKey(key))).data
  }

  async setState(key: string, state: FeedState): Promise<void> {
    await this.#store.set(stateKey(key), { ...state, seen: state.seen.slice(0, MAX_SEEN) })
  }
}

/** A short key for an address. */
export function feedKey(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 22)
}

function stateKey(key: string): string {
  return `state:${key}`
}

function parse(stored: unknown): z.infer<typeof feedsSchema> {
  return feedsSchema.safeParse(stored).data ?? {}
}

function isChat({ chatId, topicId }: Subscriber, chat: Chat): boolean {
  return chatId === chat.id && topicId === chat.topicId
}
