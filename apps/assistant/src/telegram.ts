import type { BotApiEmulator } from '@pluggram/bot-api-emulator'
import type { LoadedConfiguration } from '@pluggram/config'
import type { AssistantMetrics, RootLogger, SecretMask } from '@pluggram/observability'
import { createPostOffice, startSender } from '@pluggram/pipeline'
import type { Outbox, Pipeline } from '@pluggram/pipeline'
import { ownCommands } from '@pluggram/sdk/runtime'
import type {
  BotApiCaller,
  ChatActions,
  Format,
  IncomingUpdate,
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
import type { BotIdentity, TelegramBotStats, UpdateSource, WebhookSource } from '@pluggram/telegram'
import type { HealthCheck } from './health-check.ts'
import type { WebhookReceiver } from './http/webhook-handler.ts'
import { connectTelegram } from './telegram-link.ts'

export interface TelegramOptions {
  readonly configuration: LoadedConfiguration
  readonly logger: RootLogger
  readonly registry: PluginRegistry
  /** Called when a group became a supergroup with a new id, possibly more than once. */
  onChatMigrated(from: number, to: number): void
  createPipeline(format: Format, actions: ChatActions): Pipeline
  readonly outbox: Outbox
  readonly messages: MessageStore
  readonly metrics: AssistantMetrics
  /** Applied to everything sent to a chat. */
  readonly mask: SecretMask
}

/** The connection to Telegram or to the emulated Telegram. */
export interface Telegram {
  /** Present when there is a playground. */
  readonly emulator?: BotApiEmulator
  /** Present in webhook mode. */
  readonly webhook?: WebhookReceiver
  readonly bot: () => BotIdentity | undefined
  readonly healthChecks: readonly HealthCheck[]
  readonly pipeline: Pipeline
  readonly messengerStats: () => TelegramBotStats
  /** Sends what does not answer a message. */
  readonly outgoing: PostOffice & BotApiCaller
  connection(): string
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
  const { configuration, logger, registry, mask } = options
  const { telegram } = configuration.settings
  const link = await connectTelegram(configuration, logger)
  const closing = new AbortController()
  const api = createTelegramApi({
    token: link.token,
    signal: closing.signal,
    ...(link.apiRoot !== undefined && { apiRoot: link.apiRoot }),
    onCall: (method, outcome, seconds) => options.metrics.telegramCalled(method, outcome, seconds),
  })
  const rich = createRichMessages({ mode: telegram.richMessages, logger, now: () => performance.now() })
  const format = createFormat({ rich, mask, logger })
  const telegramBot = createTelegramBot({
    api,
    logger,
    rich,
    mask,
    onChatMigrated: (from, to) => options.onChatMigrated(from, to),
    streaming: telegram.streaming,
    limits: link.emulator ? PLAYGROUND_LIMITS : telegram.limits,
  })
  const postOffice = createPostOffice({ outbox: options.outbox, format, logger })
  const pipeline = options.createPipeline(format, telegramBot)
  startSender({ outbox: options.outbox, store: options.messages, transport: telegramBot, logger })
  const menu = createCommandMenu({ api, logger })
  let bot: BotIdentity | undefined
  let isReceiving = false
  let isStopping = false

  const sourceOptions = {
    api,
    logger,
    onChatMigrated: (from: number, to: number) => options.onChatMigrated(from, to),
    onIdentified: (identity: BotIdentity) => {
      bot = identity
      syncMenu()
    },
    onUpdates: (updates: readonly IncomingUpdate[]) => {
      for (const { chat } of updates) telegramBot.noteActivity(chat.id)
      return pipeline.accept(updates)
    },
  }
  const { url, secret } = telegram.webhook
  // the playground has no public address, so it always uses polling
  const webhook =
    url !== undefined && secret !== undefined && !link.emulator
      ? createWebhookSource({ ...sourceOptions, url, secret })
      : undefined
  const source: UpdateSource = webhook ?? createPollingSource(sourceOptions)

  function syncMenu(): void {
    if (!bot) return
    const commands = registry.plugins().flatMap(({ descriptor }) =>
      ownCommands(registry, descriptor)
        .filter((command) => command.inMenu)
        .map(({ name, description }) => ({ name, description })),
    )
    void menu.sync(commands)
  }
  const stopWatching = registry.onChange(syncMenu)

  const healthChecks: readonly HealthCheck[] = [
    {
      name: 'telegram',
      check() {
        const { isReady, state, since, lastError } = source.status()
        return {
          status: isReady ? 'ok' : state === 'starting' ? 'starting' : 'failed',
          source: state,
          since: since.toISOString(),
          mode: link.emulator ? 'playground' : 'telegram',
          ...(bot && { bot: bot.username }),
          ...telegramBot.stats(),
          ...(lastError !== undefined && { lastError }),
        }
      },
    },
    {
      name: 'pipeline',
      check: () => ({ status: pipeline.isFull() ? 'degraded' : 'ok', ...pipeline.stats() }),
    },
  ]

  return {
    ...(link.emulator && { emulator: link.emulator }),
    ...(webhook && { webhook: receiver(webhook, pipeline, () => isReceiving) }),
    bot: () => bot,
    healthChecks,
    pipeline,
    messengerStats: () => telegramBot.stats(),
    outgoing: {
      post: (request) => postOffice.post(request),
      call: (method, params, signal) => telegramBot.call(method, params, signal),
    },
    connection() {
      const { state, lastError } = source.status()
      const name = link.emulator ? 'the playground' : bot ? `@${bot.username}` : 'Telegram'
      return `${state}, ${name}${lastError === undefined ? '' : ` (${lastError})`}`
    },
    async receive() {
      await pipeline.resume()
      if (isStopping) return
      isReceiving = true
      source.start()
    },
    async stopReceiving(drainMs) {
      isReceiving = false
      isStopping = true
      stopWatching()
      await source.stop()
      const { left } = await pipeline.drain(drainMs)
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

function receiver(webhook: WebhookSource, pipeline: Pipeline, isReceiving: () => boolean): WebhookReceiver {
  return {
    checkSecret: (header) => webhook.checkSecret(header),
    isAccepting: () => isReceiving() && !pipeline.isFull(),
    accept: (update) => webhook.accept(update),
  }
}
