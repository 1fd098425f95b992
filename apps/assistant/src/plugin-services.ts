import { mkdir } from 'node:fs/promises'
import { createGuardedHttp, createRefusedAi, pluginFolder } from '@pluggram/host'
import type { PluginScope } from '@pluggram/host'
import { PermissionError } from '@pluggram/sdk'
import type { AiService, AssistantDirectory, FilesService, PluginManifest, Services } from '@pluggram/sdk'
import type { AssistantMetrics, PluginMetrics, RootLogger } from '@pluggram/observability'
import type { PluginStores } from '@pluggram/storage'
import { createStore } from '@pluggram/services'
import { createCaptureException } from './services/capture-exception.ts'
import { createPluginMetricsService } from './services/metrics.ts'
import { telegramFor } from './services/telegram.ts'
import type { TelegramPorts } from './services/telegram.ts'

export interface ServicesOptions {
  readonly logger: RootLogger
  readonly stores: PluginStores
  /** The AI service as the plugin of that name has it. */
  readonly ai: (plugin: string) => AiService
  readonly directory: AssistantDirectory
  /** The assistant's folder for data. */
  readonly dataFolder: string
  readonly metrics: AssistantMetrics
  readonly pluginMetrics: PluginMetrics
  readonly telegram: TelegramPorts
}

/** Makes the services of one plugin: its own store and logger, and what its manifest asks for. */
export function createServicesFactory(
  options: ServicesOptions,
): (name: string, manifest: PluginManifest, effects: PluginScope) => Services {
  return (name, { permissions }, effects) => {
    const logger = options.logger.child({ plugin: name })
    const refuse = createRefusal(name, logger)
    const http = createGuardedHttp({
      plugin: name,
      permissions,
      onRefused: (message) => logger.warn(message),
      onOpen: (close) => void effects.add('connections to other servers', close),
    })
    return {
      logger,
      store: createStore(options.stores.forPlugin(name)),
      metrics: createPluginMetricsService(name, { metrics: options.pluginMetrics, scope: effects }),
      ai: permissions?.ai === true ? options.ai(name) : createRefusedAi(() => refuse('ai')),
      assistant: options.directory,
      http,
      files:
        permissions?.files === true
          ? ownFolder(options.dataFolder, name)
          : { folder: async () => refuse('files') },
      telegram: telegramFor(name, permissions, options.telegram, logger),
      effects,
      captureException: createCaptureException(name, { logger, metrics: options.metrics }),
    }
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

/** Every refusal is in the log, so that the owner sees what a plugin tries. */
function createRefusal(plugin: string, logger: RootLogger): (service: 'ai' | 'files') => never {
  return (service) => {
    const message = `Plugin ${plugin} uses services.${service} without asking for it. Add permissions: { ${service}: true } to its manifest.`
    logger.warn(message)
    throw new PermissionError(message)
  }
}
