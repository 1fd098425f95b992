import { mkdir } from 'node:fs/promises'
import type { ProxyFor } from '@pluggram/base'
import { withTools } from '@pluggram/ai'
import type { Tools } from '@pluggram/ai'
import { createRefusedAi, pluginFolder } from '@pluggram/host'
import type { HostServices, PluginScope } from '@pluggram/host'
import { PermissionError } from '@pluggram/sdk'
import { PERMISSIONS } from '@pluggram/sdk/runtime'
import type { PermissionRow } from '@pluggram/sdk/runtime'
import type {
  AiService,
  AssistantDirectory,
  FilesService,
  PermissionName,
  PluginManifest,
  Services,
  Store,
} from '@pluggram/sdk'
import type { AssistantMetrics, PluginMetrics, RootLogger } from '@pluggram/observability'
import type { Caches, OutsideDatabases, Scheduler } from '@pluggram/services'
import type { PluginStores } from '@pluggram/storage'
import { createRateLimits, createStore, recordServices } from '@pluggram/services'
import type { MediaFetcher } from './media-fetcher.ts'
import type { PluginBoard } from './plugin-board.ts'
import { createCaptureException } from './services/capture-exception.ts'
import { createPluginDatabase } from './services/database.ts'
import { httpFor } from './services/http.ts'
import { createPluginLogger } from './services/logger.ts'
import { createPluginMetricsService } from './services/metrics.ts'
import { pluginsFor } from './services/plugins.ts'
import { statisticsFor } from './services/statistics-service.ts'
import { createPluginScheduler } from './services/scheduler.ts'
import { telegramFor } from './services/telegram.ts'
import type { TelegramPorts } from './services/telegram.ts'

export interface ServicesOptions {
  readonly logger: RootLogger
  readonly stores: PluginStores
  /** Returns the AI service of a plugin. */
  readonly ai: (plugin: string) => AiService
  readonly tools: Tools
  readonly directory: AssistantDirectory
  readonly databases: OutsideDatabases
  readonly caches: Caches
  readonly scheduler: Scheduler
  /** The port of the assistant's web server, once it listens. */
  readonly ownPort: () => number | undefined
  readonly proxyFor: ProxyFor
  /** The value of a plugin's credential. */
  readonly credential: (plugin: string, name: string) => string | undefined
  /** The assistant's data folder. */
  readonly dataFolder: string
  readonly metrics: AssistantMetrics
  readonly pluginMetrics: PluginMetrics
  readonly telegram: TelegramPorts
  readonly mediaFetcher: Pick<MediaFetcher, 'grant'>
  readonly board: Pick<PluginBoard, 'call'>
  /**
   * The admin service of a plugin that requests it; nothing unless it runs inside the assistant.
   */
  adminFor(plugin: string): Pick<Services, 'admin'>
}

/** Creates a plugin's services: its store, its logger, and what its manifest requests. */
export function createServicesFactory(
  options: ServicesOptions,
): (name: string, manifest: PluginManifest, effects: PluginScope) => HostServices {
  const { metrics, ownPort, proxyFor, credential } = options
  const rateLimits = createRateLimits()
  const stores = new Map<string, Store>()
  /**
   * One store shared by all runs of a plugin, so that overlapping runs do not overwrite each other.
   */
  const storeFor = (name: string): Store => {
    const store = stores.get(name) ?? createStore(options.stores.forPlugin(name))
    stores.set(name, store)
    return store
  }
  return (name, { permissions, requires, credentials }, effects) => {
    const logger = createPluginLogger(options.logger, name)
    const onRefused = (permission: RefusedPermission, message: string): void => {
      logger.warn(message)
      options.metrics.pluginRefused(name, permission)
    }
    const refuse = createRefusal(name, onRefused)
    options.mediaFetcher.grant(name, permissions)
    const onRefusedHost = (message: string): void => onRefused('network', message)
    const parts = { logger, metrics, ownPort, proxyFor, credential, scope: effects, onRefused: onRefusedHost }
    const http = httpFor(name, { permissions, credentials }, parts)
    return recordServices({
      logger,
      store: storeFor(name),
      cache: options.caches.forPlugin(name),
      rateLimit: rateLimits.forPlugin(name),
      plugins: pluginsFor(name, requires, {
        board: options.board,
        onRefused: (message) => onRefused('requires', message),
      }),
      statistics: statisticsFor(permissions, {
        metrics: options.metrics,
        refuse: () => refuse('metrics'),
      }),
      metrics: createPluginMetricsService(name, { metrics: options.pluginMetrics, scope: effects }),
      ai:
        permissions?.ai === true
          ? withTools(
              name,
              options.ai(name),
              permissions.tools === true ? options.tools : undefined,
              (message) => onRefused('tools', message),
            )
          : createRefusedAi(() => refuse('ai')),
      assistant: options.directory,
      http,
      database: createPluginDatabase({
        plugin: name,
        permissions,
        effects,
        dataFolder: options.dataFolder,
        outside: options.databases,
        refuse: () => refuse('database'),
        onRefused: (message) => onRefused('databases', message),
      }),
      scheduler: createPluginScheduler({
        plugin: name,
        permissions,
        effects,
        scheduler: options.scheduler,
        refuse: (message) => onRefused('schedule', message),
      }),
      files:
        permissions?.files === true
          ? ownFolder(options.dataFolder, name)
          : { folder: async () => refuse('files') },
      telegram: telegramFor(name, permissions, options.telegram, (message) => onRefused('telegram', message)),
      ...(permissions?.admin === true && options.adminFor(name)),
      effects,
      captureException: createCaptureException(name, { logger, metrics: options.metrics }),
    })
  }
}

function ownFolder(dataFolder: string, plugin: string): FilesService {
  return {
    async folder() {
      const folder = pluginFolder(dataFolder, plugin)
      await mkdir(folder, { recursive: true })
      return folder
    },
  }
}

type RefusedPermission = PermissionName | 'requires'

/** Logs and counts every refusal, so that the owner sees what a plugin tries to do. */
function createRefusal(
  plugin: string,
  onRefused: (permission: RefusedPermission, message: string) => void,
): (permission: PermissionName) => never {
  return (permission) => {
    const { service = permission }: PermissionRow = PERMISSIONS[permission]
    const message = `Plugin ${plugin} uses services.${service} without asking for it. Add permissions: { ${permission}: true } to its manifest.`
    onRefused(permission, message)
    throw new PermissionError(message)
  }
}
