import { errorMessage, PermissionError } from '@pluggram/sdk'
import type { AiService, AssistantDirectory, EffectScope, PluginManifest, Services } from '@pluggram/sdk'
import type { RootLogger } from '@pluggram/observability'
import type { PluginStores } from '@pluggram/storage'

export interface ServicesOptions {
  readonly logger: RootLogger
  readonly stores: PluginStores
  readonly ai: AiService
  readonly directory: AssistantDirectory
}

/** Makes the services of one plugin: its own store and logger, and what its manifest asks for. */
export function createServicesFactory(
  options: ServicesOptions,
): (name: string, manifest: PluginManifest, effects: EffectScope) => Services {
  return (name, manifest, effects) => {
    const logger = options.logger.child({ plugin: name })
    return {
      logger,
      store: options.stores.forPlugin(name),
      ai: manifest.permissions?.ai === true ? options.ai : refusedAi(name),
      assistant: options.directory,
      effects,
      captureException(error, context) {
        logger.error(errorMessage(error), { ...context, err: error })
      },
    }
  }
}

function refusedAi(plugin: string): AiService {
  const refuse = (): never => {
    throw new PermissionError(
      `Plugin ${plugin} uses services.ai without asking for it. Add permissions: { ai: true } to its manifest.`,
    )
  }
  return { model: async () => refuse(), streamText: refuse }
}
