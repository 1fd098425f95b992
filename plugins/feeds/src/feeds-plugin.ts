import { definePlugin, hasRole, refusalFor } from '@pluggram/sdk'
import type { MessageContext, PluginDefinition, PluginResult, Services, SetupContext } from '@pluggram/sdk'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { FeedError } from './feed-error.ts'
import { feedTools } from './feed-tools.ts'
import { renderEntry } from './render-entry.ts'
import { findFollowed, subscribe } from './subscribe.ts'
import { Subscriptions } from './subscriptions.ts'
import { TEXTS } from './texts.ts'
import { FeedWatch } from './watch-feeds.ts'

const USAGE = [
  '`/feed add https://example.com/feed.xml` subscribes to a feed, or to the feed of a page',
  '`/feed list` lists the feeds of this chat, with buttons to unsubscribe',
  '`/feed check` looks now',
].join('\n')

/** Posts new entries of RSS, Atom and JSON feeds in chats. */
const feeds: PluginDefinition<typeof configuration> = definePlugin({
  name: 'feeds',
  version: '0.1.0',
  description: 'News from RSS, Atom and JSON feeds',
  help: USAGE,
  config: configuration,
  permissions: { network: ['*'], schedule: true },
  configure: (config) => ({
    permissions: { network: config.allow_addresses },
    tools: feedTools(config.role),
  }),
  commands: {
    feed: {
      description: 'Follow news feeds in this chat',
      usage: '/feed add https://example.com/feed.xml',
      examples: ['follow a news feed', 'which feeds do I follow', 'subscribe to a blog'],
    },
  },
  async setup(context) {
    const plugin = new Feeds(context)
    await plugin.start()
    return plugin
  },
})
export default feeds

class Feeds {
  readonly #config: Configuration
  readonly #services: Services
  readonly #subscriptions: Subscriptions
  readonly #watch: FeedWatch

  constructor({ config, services }: SetupContext<Configuration>) {
    this.#config = config
    this.#services = services
    this.#subscriptions = new Subscriptions(services.store)
    this.#watch = new FeedWatch({
      services,
      subscriptions: this.#subscriptions,
      checkMinutes: config.check_minutes,
      maxEntries: config.max_entries,
    })
  }

  async start(): Promise<void> {
    await this.#services.scheduler.every(
      { seconds: this.#config.check_minutes * 60, name: 'check', timeoutSeconds: 600 },
      ({ signal, scheduledFor }) => this.#watch.checkAll({ signal, now: scheduledFor }),
    )
  }

  async processMessage(_message: string, context: MessageContext): Promise<PluginResult | undefined> {
    try {
      return await this.#answer(context)
    } catch (error) {
      if (error instanceof FeedError) return { success: false, error: error.message }
      throw error
    }
  }

  async getStatus(): Promise<{ status: string; feeds: number }> {
    return { status: 'active', feeds: (await this.#subscriptions.all()).length }
  }

  async #add(written: string, context: MessageContext): Promise<PluginResult> {
    const surroundings = { config: this.#config, services: this.#services }
    const { title, isNew, latest } = await subscribe(written, context, surroundings)
    if (!isNew) return { success: true, response: TEXTS.chatAlreadySubscribed(title) }
    const told = TEXTS.subscribed(title)
    return { success: true, response: latest ? [TEXTS.latest(told), renderEntry(title, latest)] : told }
  }

  async #list({ chat }: MessageContext, editMessageId?: number): Promise<PluginResult> {
    const followed = await this.#subscriptions.ofChat(chat)
    const edit = editMessageId === undefined ? {} : { editMessageId }
    if (followed.length === 0) {
      return {
        success: true,
        response: { text: TEXTS.chatHasNoFeeds, buttons: [], ...edit },
      }
    }
    return {
      success: true,
      response: {
        text: followed.map(({ title, url }, index) => `${index + 1}. ${title}\n${url}`).join('\n\n'),
        buttons: followed.map(({ key, title }) => [{ text: `✖ ${title.slice(0, 40)}`, data: `stop:${key}` }]),
        ...edit,
      },
    }
  }

  async #remove(written: string, context: MessageContext): Promise<PluginResult> {
    const followed = await this.#subscriptions.ofChat(context.chat)
    const feed = findFollowed(followed, written)
    if (!feed || !(await this.#subscriptions.remove(feed.key, context.chat))) {
      return { success: false, error: TEXTS.chatDoesNotHave }
    }
    return { success: true, response: TEXTS.unsubscribed(feed.title) }
  }

  async #check({ chat, signal }: MessageContext): Promise<PluginResult> {
    const followed = await this.#subscriptions.ofChat(chat)
    const counts = await Promise.all(
      followed.map((feed) => this.#watch.check(feed, { signal, now: new Date(), isForced: true })),
    )
    const fresh = counts.reduce((sum, count) => sum + count, 0)
    return { success: true, response: fresh === 0 ? TEXTS.nothingNew : TEXTS.newEntries(fresh) }
  }

  async #answer(context: MessageContext): Promise<PluginResult | undefined> {
    const { callback, command } = context
    if (callback) {
      const [, key = ''] = callback.data.split(':')
      if (!this.#mayChange(context)) return this.#notAllowed()
      await this.#subscriptions.remove(key, context.chat)
      return this.#list(context, context.message.id)
    }
    // every plugin gets a command that belongs to nobody
    if (command?.name !== 'feed') return undefined
    const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(command.args) ?? []
    if (word === 'list') return this.#list(context)
    if (!['add', 'remove', 'check'].includes(word))
      return { success: true, response: { text: USAGE, format: 'markdown' } }
    if (!this.#mayChange(context)) return this.#notAllowed()
    if (word === 'check') return this.#check(context)
    return word === 'add' ? this.#add(rest, context) : this.#remove(rest.trim(), context)
  }

  #mayChange({ role }: MessageContext): boolean {
    return hasRole(role, this.#config.role)
  }

  #notAllowed(): PluginResult {
    return {
      success: false,
      error: refusalFor(this.#config.role),
    }
  }
}
