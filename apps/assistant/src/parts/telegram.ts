import { definePart } from '@pluggram/assembly'
import { createPipeline } from '@pluggram/pipeline'
import { createChatMoves } from '@pluggram/access'
import { watchFlow } from '../health/watch-flow.ts'
import { watchStatistics } from '../services/statistics.ts'
import { startTelegram } from '../telegram.ts'
import { createMenuPlaces } from '../menu-places.ts'
import { TEXTS } from '../texts.ts'
import * as tokens from './tokens.ts'

/** No user has this id. */
const NOBODY = 0
/** No plugin can have this name, so none can change which menus there are. */
const MENUS = 'command menus'
/** How long pending updates may take when the assistant stops. */
const DRAIN_MS = 6_000

/** The connection to Telegram or the playground, and the pipeline. */
export const telegramConnection = definePart({
  name: 'telegram',
  needs: {
    configuration: tokens.configuration,
    settings: tokens.settings,
    storage: tokens.storage,
    outbox: tokens.outbox,
    buttons: tokens.buttons,
    access: tokens.access,
    timeZones: tokens.timeZones,
    proxyFor: tokens.proxyFor,
    board: tokens.board,
    metrics: tokens.metrics,
    journeys: tokens.journeys,
    mask: tokens.mask,
    logger: tokens.logger,
    chatKeepers: tokens.chatKeepers,
    mediaFetcher: tokens.mediaFetcher,
  },
  gives: tokens.telegram,
  async start(
    {
      configuration,
      settings,
      storage,
      outbox,
      buttons,
      access,
      timeZones,
      board,
      chatKeepers,
      mediaFetcher,
      ...needs
    },
    life,
  ) {
    const { metrics, journeys, logger } = needs
    const { limits } = settings.now
    const telegram = await startTelegram({
      ...needs,
      configuration: configuration.now,
      ownProxy: () => settings.now.telegram.proxy,
      registry: board.hosted,
      roles: () => ({ others: access.rules.roleOf(NOBODY) ?? 'everyone', people: access.rules.people() }),
      onRolesChange: (listener) => access.onChange(listener),
      menuPlaces: createMenuPlaces(storage.pluginStores.forPlugin(MENUS)),
      outbox,
      buttons,
      messages: storage.messages,
      fetchFile: mediaFetcher.fetch,
      onChatMigrated: createChatMoves(chatKeepers, logger),
      createPipeline: (format, actions) =>
        createPipeline({
          registry: board.hosted,
          outbox,
          buttons,
          format,
          actions,
          store: storage.messages,
          logger,
          chats: storage.pluginChats,
          concurrentChats: limits.concurrentChats,
          access: access.control,
          timeZones,
          pluginTimeoutMs: limits.pluginTimeoutSeconds * 1_000,
          onPluginCall: metrics.pluginCalled,
          journeys,
          unansweredReply: TEXTS.unanswered,
        }),
    })
    life.onStop(() => telegram.close())
    const webhookSecret = settings.at('telegram', 'webhook', 'secret')
    life.onStop(
      webhookSecret.onChange((secret) => {
        if (secret === undefined || !telegram.webhook) return
        telegram.webhook.renewSecret(secret)
        logger.info('the webhook has another secret')
      }),
    )
    life.onStop(
      settings.at('telegram', 'botToken').onChange((token) => {
        if (token === undefined) return
        telegram.renewToken(token)
        logger.info('the bot has another token')
      }),
    )
    for (const check of telegram.flows) watchFlow(life, check)
    watchStatistics(metrics, { telegram, board })
    return telegram
  },
})

/** Sends messages and calls through that connection. */
export const telegramOutgoing = definePart({
  name: 'outgoing',
  needs: { telegram: tokens.telegram },
  gives: tokens.outgoing,
  start: ({ telegram }) => ({
    ...telegram.outgoing,
    connection: () => telegram.connection(),
    accept: (updates) => telegram.pipeline.accept(updates),
  }),
})

/** Starts receiving updates, once everything else is running. */
export const receiveUpdates = definePart({
  name: 'receive updates',
  needs: { telegram: tokens.telegram },
  start({ telegram }, life) {
    life.onOpen(async () => {
      life.onStop(() => telegram.stopReceiving(DRAIN_MS))
      await telegram.receive()
    })
  },
})
