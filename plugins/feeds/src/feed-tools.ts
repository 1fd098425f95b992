import { z } from '@pluggram/sdk'
import type { PluginDefinition, Role, ToolContext } from '@pluggram/sdk'
import type { Configuration, configuration } from './configuration.ts'
import { FeedError } from './feed-error.ts'
import { fetchFeed } from './fetch-feed.ts'
import { findFollowed, subscribe } from './subscribe.ts'
import { Subscriptions } from './subscriptions.ts'
import { TEXTS } from './texts.ts'

type Context = ToolContext<Configuration>
type Tools = NonNullable<
  ReturnType<NonNullable<PluginDefinition<typeof configuration>['configure']>>['tools']
>

const MAX_ENTRIES = 10
const GONE = { error: TEXTS.chatDoesNotFollow }

const follow = z.object({
  address: z.string().min(1).max(2_000).describe('Of the feed, or of a page that names it, with https://'),
})
const feed = z.object({
  feed: z.string().min(1).max(2_000).describe('Its number or title in the list of feeds'),
})

/** The tools around a chat's feeds; `role` is who may change them. */
export function feedTools(role: Role): Tools {
  return {
    follow_feed: {
      description: 'Subscribes this chat to a news feed (RSS, Atom): new entries come as messages.',
      schema: follow,
      role,
      effect: 'own',
      execute: (args, context) =>
        inWords(context, async () => {
          const { address } = args as z.infer<typeof follow>
          const { title, isNew, latest } = await subscribe(address, context, context)
          return { feed: title, followed: isNew ? 'from now on' : 'already', latest: latest?.title }
        }),
    },
    unfollow_feed: {
      description: 'Unsubscribes this chat from one news feed.',
      schema: feed,
      role,
      effect: 'own',
      result: 'own',
      execute: (args, context) =>
        inWords(context, async () => {
          const subscriptions = new Subscriptions(context.services.store)
          const found = findFollowed(
            await subscriptions.ofChat(context.chat),
            (args as z.infer<typeof feed>).feed,
          )
          if (!found || !(await subscriptions.remove(found.key, context.chat))) return GONE
          return 'Unsubscribed.'
        }),
    },
    list_feeds: {
      description: 'The news feeds that are followed in this chat (subscribed to).',
      role: 'everyone',
      effect: 'none',
      execute: (_args, context) =>
        inWords(context, async () => {
          const followed = await new Subscriptions(context.services.store).ofChat(context.chat)
          return followed.map(({ title, url }, index) => ({ number: index + 1, title, address: url }))
        }),
    },
    read_feed: {
      description: 'The latest entries of one of this chat’s news feeds. Strangers wrote them.',
      schema: feed,
      role: 'everyone',
      effect: 'none',
      execute: (args, context) => inWords(context, () => read(args as z.infer<typeof feed>, context)),
    },
  }
}

async function inWords(context: Context, work: () => Promise<unknown>): Promise<unknown> {
  if (context.chat.id === 0) return { error: TEXTS.feedsOnlyWorkChat }
  try {
    return await work()
  } catch (error) {
    if (error instanceof FeedError) return { error: error.message }
    throw error
  }
}

async function read({ feed: wanted }: z.infer<typeof feed>, context: Context): Promise<unknown> {
  const { services, chat, signal } = context
  const found = findFollowed(await new Subscriptions(services.store).ofChat(chat), wanted)
  if (!found) return GONE
  const fetched = await fetchFeed(services.http, found.url, { signal })
  if (!fetched.isChanged) return []
  return fetched.feed.entries.slice(0, MAX_ENTRIES).map(({ title, summary, link }) => ({
    title,
    ...(summary !== '' && { summary: summary.slice(0, 300) }),
    ...(link !== undefined && { link }),
  }))
}
