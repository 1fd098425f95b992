import type { BotApiEmulator } from '@pluggram/bot-api-emulator'
import type { ProxyFor } from '@pluggram/base'
import type { LoadedConfiguration } from '@pluggram/config'
import type { AssistantMetrics, RootLogger, SecretMask } from '@pluggram/observability'
import { createPostOffice, createReplyGuard, startSender } from '@pluggram/pipeline'
import type { Buttons, Outbox, Pipeline } from '@pluggram/pipeline'
import type {
  BotApiCaller,
  ChatActions,
  Format,
  MessageStore,
  PluginRegistry,
  PostOffice,
} from '@pluggram/sdk/runtime'
import {
  createCommandMenu,
  createFormat,
  createPollingSource,
  createRichMessages,
  createTelegramApi,
  createTelegramBot,
  createWebhookSource,
} from '@pluggram/telegram'
import type {
  BotIdentity,
  FetchFile,
  MenuPlaces,
  SourceOptions,
  TelegramApi,
  TelegramBot,
  TelegramBotStats,
  UpdateSource,
  WebhookSource,
} from '@pluggram/telegram'
import { commandMenus } from './command-menus.ts'
import type { RolesOfPeople } from './command-menus.ts'
import type { WebhookReceiver } from './http/webhook-handler.ts'
import { watchFlows } from './health/telegram-flows.ts'
import type { TelegramFlows } from './health/telegram-flows.ts'
import { connectTelegram } from './telegram-link.ts'
import type { TelegramLink } from './telegram-link.ts'

export interface TelegramOptions {
  readonly configuration: LoadedConfiguration
  readonly proxyFor: ProxyFor
  /** The setting `telegram.proxy`. */
  ownProxy(): string | undefined
  readonly logger: RootLogger
  readonly registry: PluginRegistry
  /** Called when a group became a supergroup with a new id, possibly more than once. */
  readonly onChatMigrated: (from: number, to: number) => void
  /** Fetches files that Telegram could not fetch. */
  readonly fetchFile: FetchFile
  createPipeline(format: Format, actions: ChatActions): Pipeline
  /** Owners and trusted people, who see other commands than everybody. */
  roles(): RolesOfPeople
  onRolesChange(listener: () => void): void
  readonly menuPlaces: MenuPlaces
  readonly outbox: Outbox
  readonly buttons: Buttons
  readonly messages: MessageStore
  readonly metrics: AssistantMetrics
  /** Applied to everything sent to a chat. */
  readonly mask: SecretMask
}

/** The connection to Telegram or to the emulated Telegram. */
export interface Telegram extends TelegramFlows {
  /** Present when there is a playground. */
  readonly emulator?: BotApiEmulator
  /** Present in webhook mode. */
  readonly webhook?: WebhookReceiver & Pick<WebhookSource, 'renewSecret'>
  readonly bot: () => BotIdentity | undefined
  /** Goes on with another token of the same bot. */
  renewToken(token: string): void
  readonly pipeline: Pipeline
  readonly messengerStats: () => TelegramBotStats
  /** Sends what does not answer a message. */
  readonly outgoing: PostOffice & BotApiCaller
  connection(): string
  /** Whether updates can arrive, and when the last poll was answered or update delivered. */
  receiving(): { readonly mode: 'polling' | 'webhook'; readonly isReady: boolean; readonly lastAt?: Date }
  /** What Telegram said of the token first: who the bot is, or that it does not know it. */
  readonly firstWord: Promise<'known' | 'refused'>
  /** Starts receiving updates, once the leftovers of an earlier run are queued. */
  receive(): Promise<void>
  /** Stops receiving updates and waits this long for the accepted ones. */
  stopReceiving(drainMs: number): Promise<void>
  close(): Promise<void>
}

/** The playground has no rate limits, so that streamed text appears smoothly. */
const PLAYGROUND_LIMITS = { overallPerSecond: 1000, chatPerSecond: 5, groupPerMinute: 300 }

/** Sets up everything between the Bot API and the pipeline. Updates arrive after `receive`. */
export async function startTelegram(options: TelegramOptions): Promise<Telegram> {
  const { logger, registry, outbox } = options
  const link = await connectTelegram(options.configuration, options, logger)
  const closing = new AbortController()
  const { api, format, bot } = createBot(options, link, closing.signal)
  const guard = createReplyGuard(options.buttons, options.messages)
  const postOffice = createPostOffice({ outbox, format, guard, logger })
  const pipeline = options.createPipeline(format, bot)
  startSender({ outbox, store: options.messages, transport: bot, logger })
  const menu = createCommandMenu({ api, logger, places: options.menuPlaces })
  const firstWord = Promise.withResolvers<'known' | 'refused'>()
  const { source, webhook } = createSource(options, {
    link,
    api,
    pipeline,
    noteActivity: bot.noteActivity,
    onDraftStopped: bot.stopDraft,
    onIdentified() {
      firstWord.resolve('known')
      syncMenu()
    },
    onRefused: () => firstWord.resolve('refused'),
    onMembership: bot.noteMembership,
  })
  function syncMenu(): void {
    if (source.status().bot) void menu.sync(commandMenus(registry, options.roles()))
  }
  const stopWatching = registry.onChange(syncMenu)
  options.onRolesChange(syncMenu)
  const intake = createIntake(source, pipeline)
  return {
    ...(link.emulator && { emulator: link.emulator }),
    ...(webhook && { webhook: receiver(webhook, pipeline, intake) }),
    bot: () => source.status().bot,
    renewToken(token) {
      api.renewToken(token)
      source.tokenRenewed()
      bot.tokenRenewed()
    },
    ...watchFlows({ isPlayground: link.emulator !== undefined, source, bot, pipeline, outbox }),
    pipeline,
    messengerStats: () => bot.stats(),
    outgoing: {
      post: (request) => postOffice.post(request),
      call: (method, params, signal) => bot.call(method, params, signal),
    },
    connection: () => describeConnection(link, source),
    receiving() {
      const { isReady, lastPollAt } = source.status()
      return { mode: webhook ? 'webhook' : 'polling', isReady, ...(lastPollAt && { lastAt: lastPollAt }) }
    },
    firstWord: firstWord.promise,
    receive: () => intake.open(),
    async stopReceiving(drainMs) {
      stopWatching()
      const { left } = await intake.close(drainMs)
      if (left > 0)
        logger.warn('stopped before everything was answered; the next start goes on with it', { left })
      await menu.stop()
      closing.abort()
    },
    async close() {
      await link.emulator?.close()
    },
  }
}

/** Creates the bot, which sends, and `format`, which makes its messages. */
function createBot(
  { configuration, logger, mask, metrics, fetchFile, onChatMigrated }: TelegramOptions,
  link: TelegramLink,
  signal: AbortSignal,
): { api: TelegramApi; format: Format; bot: TelegramBot } {
  const { telegram } = configuration.settings
  const api = createTelegramApi({
    token: link.token,
    ...(link.proxy && { proxy: link.proxy }),
    signal,
    ...(link.apiRoot !== undefined && { apiRoot: link.apiRoot }),
    onCall: metrics.telegramCalled,
    hide: mask.deepToChat,
  })
  const rich = createRichMessages({ mode: telegram.richMessages, logger, now: () => performance.now() })
  const bot = createTelegramBot({
    api,
    logger,
    rich,
    mask,
    fetchFile,
    onChatMigrated,
    streaming: telegram.streaming,
    limits: link.emulator ? PLAYGROUND_LIMITS : telegram.limits,
  })
  return { api, format: createFormat({ rich, mask, logger }), bot }
}

interface SourceNeeds extends Pick<
  SourceOptions,
  'noteActivity' | 'onDraftStopped' | 'onIdentified' | 'onMembership' | 'onRefused'
> {
  readonly link: TelegramLink
  readonly api: TelegramApi
  readonly pipeline: Pipeline
}

function createSource(
  { configuration, logger, onChatMigrated }: TelegramOptions,
  { link, pipeline, ...needs }: SourceNeeds,
): { source: UpdateSource; webhook?: WebhookSource } {
  const { url, secret } = configuration.settings.telegram.webhook
  const options = { ...needs, logger, onChatMigrated, onUpdates: pipeline.accept.bind(pipeline) }
  // the playground has no public address, so it always uses polling
  if (url === undefined || secret === undefined || link.emulator)
    return { source: createPollingSource(options) }
  const webhook = createWebhookSource({ ...options, url, secret })
  return { source: webhook, webhook }
}

interface Intake {
  readonly isOpen: () => boolean
  open(): Promise<void>
  close(drainMs: number): Promise<{ left: number }>
}

/**
 * Lets updates in, once what an earlier run left is queued:
 *
 *   before ──open──▶ open ──close──▶ closed
 */
function createIntake(source: UpdateSource, pipeline: Pipeline): Intake {
  let state: 'before' | 'open' | 'closed' = 'before'
  const isClosed = (): boolean => state === 'closed'
  return {
    isOpen: () => state === 'open',
    async open() {
      await pipeline.resume()
      if (isClosed()) return
      state = 'open'
      source.start()
    },
    async close(drainMs) {
      state = 'closed'
      await source.stop()
      return pipeline.drain(drainMs)
    },
  }
}

function receiver(
  webhook: WebhookSource,
  pipeline: Pipeline,
  intake: Intake,
): NonNullable<Telegram['webhook']> {
  return {
    checkSecret: (header) => webhook.checkSecret(header),
    renewSecret: (secret) => webhook.renewSecret(secret),
    isAccepting: () => intake.isOpen() && !pipeline.isFull(),
    accept: (update) => webhook.accept(update),
  }
}

function describeConnection({ emulator }: TelegramLink, source: UpdateSource): string {
  const { state, lastError, bot } = source.status()
  const name = emulator ? 'the playground' : bot ? `@${bot.username}` : 'Telegram'
  return `${state}, ${name}${lastError === undefined ? '' : ` (${lastError})`}`
}
