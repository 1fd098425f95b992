import type { Services } from '@pluggram/sdk'
import { FeedError } from './feed-error.ts'
import { fetchFeed } from './fetch-feed.ts'
import { renderEntry } from './render-entry.ts'
import type { FollowedFeed, FeedState, Subscriptions } from './subscriptions.ts'

export interface WatchOptions {
  readonly services: Pick<Services, 'http' | 'logger' | 'telegram'>
  readonly subscriptions: Subscriptions
  readonly checkMinutes: number
  readonly maxEntries: number
}

interface CheckOptions {
  readonly signal: AbortSignal
  /** The time of the check. */
  readonly now: Date
  /** Also checks feeds that are not due, and throws if one fails. Default false. */
  readonly isForced?: boolean
}

const AT_ONCE = 4
const LONGEST_PAUSE_MINUTES = 1_440

/** Checks feeds and sends their new entries. */
export class FeedWatch {
  readonly #options: WatchOptions

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Checks every feed that is due, a few at the same time. */
  async checkAll(check: CheckOptions): Promise<void> {
    const waiting = await this.#options.subscriptions.all()
    const work = async (): Promise<void> => {
      for (let feed = waiting.shift(); feed && !check.signal.aborted; feed = waiting.shift()) {
        await this.check(feed, check)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }

  /**
   * Checks one feed and returns the number of new entries. The pause grows with each failure in a
   * row.
   * @throws FeedError if it fails and the check is forced
   */
  async check(feed: FollowedFeed, { signal, now, isForced = false }: CheckOptions): Promise<number> {
    const { services, subscriptions } = this.#options
    const state = (await subscriptions.state(feed.key)) ?? { seen: [], failures: 0, notBefore: 0 }
    if (!isForced && state.notBefore > now.getTime()) return 0
    try {
      const fetched = await fetchFeed(services.http, feed.url, { signal, validators: state })
      const healthy = { ...state, failures: 0, notBefore: 0 }
      if (!fetched.isChanged) {
        if (state.failures > 0) await subscriptions.setState(feed.key, healthy)
        return 0
      }
      const seen = new Set(state.seen)
      const fresh = fetched.feed.entries.filter(({ id }) => !seen.has(id))
      await this.#send(feed, fresh.slice(0, this.#options.maxEntries), fresh.length)
      const { etag, lastModified } = fetched.validators
      await subscriptions.setState(feed.key, {
        seen: [...fresh.map(({ id }) => id), ...state.seen],
        failures: 0,
        notBefore: 0,
        etag,
        lastModified,
      })
      return fresh.length
    } catch (error) {
      if (!(error instanceof FeedError)) throw error
      await this.#postpone(feed, state, { error, now })
      if (isForced) throw error
      return 0
    }
  }

  /**
   * Sends the oldest first. The key of a message prevents a second send if the program ends before
   * the state is saved.
   */
  async #send(
    feed: FollowedFeed,
    entries: readonly Parameters<typeof renderEntry>[1][],
    count: number,
  ): Promise<void> {
    const { telegram, logger } = this.#options.services
    for (const { chatId, topicId } of feed.subscribers) {
      const place = topicId === undefined ? {} : { topicId }
      try {
        for (const entry of entries.toReversed()) {
          const key = `${feed.key}:${entry.id}:${chatId}:${topicId ?? 0}`
          await telegram.send(chatId, renderEntry(feed.title, entry), { ...place, broadcast: true, key })
        }
        const more = count - entries.length
        if (more > 0) {
          const key = `${feed.key}:more:${entries[0]?.id ?? ''}:${chatId}:${topicId ?? 0}`
          await telegram.send(chatId, `${feed.title}: and ${more} more.`, { ...place, broadcast: true, key })
        }
      } catch (error) {
        // if one chat cannot be written to, the others still get their entries
        logger.warn(`Entries of ${feed.title} could not be sent`, { chat: chatId, err: error })
      }
    }
  }

  async #postpone(
    feed: FollowedFeed,
    state: FeedState,
    { error, now }: { readonly error: FeedError; readonly now: Date },
  ): Promise<void> {
    const failures = state.failures + 1
    const minutes = Math.min(this.#options.checkMinutes * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MINUTES)
    await this.#options.subscriptions.setState(feed.key, {
      ...state,
      failures,
      notBefore: now.getTime() + minutes * 60_000,
    })
    this.#options.services.logger.info(`The feed ${feed.title} failed`, {
      reason: error.message,
      failures,
      minutes,
    })
  }
}
