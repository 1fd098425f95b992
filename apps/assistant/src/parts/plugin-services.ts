import { definePart } from '@pluggram/assembly'
import { credentialVariable } from '@pluggram/config'
import { createPluginMetrics } from '@pluggram/observability'
import { createOutsideDatabases } from '@pluggram/services'
import { createServicesFactory } from '../plugin-services.ts'
import { openCaches } from '../services/caches.ts'
import * as tokens from './tokens.ts'

/** The services of each plugin. */
export const servicesOfPlugins = definePart({
  name: 'services of plugins',
  needs: {
    configuration: tokens.configuration,
    settings: tokens.settings,
    folders: tokens.folders,
    storage: tokens.storage,
    models: tokens.models,
    tools: tokens.tools,
    directory: tokens.directory,
    scheduler: tokens.scheduler,
    outgoing: tokens.outgoing,
    buttons: tokens.buttons,
    proxyFor: tokens.proxyFor,
    board: tokens.board,
    admin: tokens.admin,
    pages: tokens.pages,
    metrics: tokens.metrics,
    mediaFetcher: tokens.mediaFetcher,
    logger: tokens.logger,
  },
  gives: tokens.pluginServices,
  start(
    {
      configuration,
      settings,
      folders,
      storage,
      models,
      outgoing,
      buttons,
      board,
      admin,
      pages,
      metrics,
      logger,
      ...needs
    },
    life,
  ) {
    const outside = settings.at('databases')
    const databases = createOutsideDatabases(() => outside.now)
    life.onStop(() => databases.close())
    const caches = openCaches(settings.now.cache.url, logger)
    life.onStop(() => caches.close())
    const limits = settings.at('pluginHost', 'plugins')
    return createServicesFactory({
      ...needs,
      logger,
      metrics,
      databases,
      caches,
      board,
      stores: storage.pluginStores,
      dataFolder: folders.data,
      credential: (plugin, name) => configuration.now.environment[credentialVariable(plugin, name)],
      ownPort: () => pages.map(({ url }) => Number(new URL(url).port))[0],
      ai: (plugin) => models.serviceFor(plugin),
      telegram: {
        connection: () => outgoing,
        chats: storage.pluginChats,
        messages: storage.messages,
        buttons,
        listedChats: (plugin) => limits.now[plugin]?.chats ?? [],
      },
      adminFor: (plugin) => (board.isInline(plugin) ? { admin } : {}),
      pluginMetrics: createPluginMetrics({
        registry: metrics.registry,
        onRefused: (plugin, message) => logger.warn(message, { plugin }),
      }),
    })
  },
})
