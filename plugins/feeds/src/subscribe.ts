import type { Chat, Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { FeedError } from './feed-error.ts'
import { discoverFeed } from './fetch-feed.ts'
import type { Entry } from './parse-feed.ts'
import { feedKey, Subscriptions } from './subscriptions.ts'
import type { FollowedFeed } from './subscriptions.ts'
import { TEXTS } from './texts.ts'

interface Surroundings {
  readonly config: Configuration
  readonly services: Services
}

/** A feed that a chat follows now. */
interface Subscribed {
  readonly title: string
  /** False if the chat followed it already. */
  readonly isNew: boolean
  readonly latest: Entry | undefined
}

/**
 * Lets a chat follow the feed at an address, or the one that its page names.
 * @throws FeedError
 */
export async function subscribe(
  written: string,
  { chat, signal }: { readonly chat: Chat; readonly signal: AbortSignal },
  { config, services }: Surroundings,
): Promise<Subscribed> {
  const subscriptions = new Subscriptions(services.store)
  const { url, feed, validators } = await discoverFeed(services.http, addressOf(written), signal)
  const { title } = feed
  const [latest] = feed.entries
  if (!(await subscriptions.add({ url, title }, chat, config.max_feeds_per_chat))) {
    return { title, isNew: false, latest }
  }
  const key = feedKey(url)
  // existing entries are not news; a feed that another chat follows keeps its state
  if (!(await subscriptions.state(key))) {
    const seen = feed.entries.map(({ id }) => id)
    await subscriptions.setState(key, { seen, failures: 0, notBefore: 0, ...validators })
  }
  return { title, isNew: true, latest }
}

/** One of a chat's feeds, by its number in the list, its title or its address. */
export function findFollowed(followed: readonly FollowedFeed[], written: string): FollowedFeed | undefined {
  const said = written.trim().toLowerCase()
  return (
    followed[Number(said) - 1] ??
    followed.find(({ url, title }) => url === written || title.toLowerCase() === said)
  )
}

/** @throws FeedError */
function addressOf(written: string): string {
  const text = written.trim()
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`)
  const isUsable =
    url && text !== '' && !/\s/.test(text) && text.length <= 2_000 && url.hostname.includes('.')
  if (!isUsable && url?.hostname !== 'localhost') throw new FeedError(TEXTS.whichFeed)
  if (url.username !== '' || url.password !== '') throw new FeedError(TEXTS.hasPassword)
  url.hash = ''
  return url.href
}
