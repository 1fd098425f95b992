import { createI18n, createQueueService } from '@pluggram/services/plugin-side'
import type { Messages } from '@pluggram/services/plugin-side'
import type { Services } from '@pluggram/sdk'
import type { PluginScope } from './effect-scope.ts'
import type { LiveConfig } from '../calls/live-config.ts'
import { currentMessage } from '../calls/running-plugin.ts'

/** Services that work where the plugin runs, in this process or its own. */
type LocalServices = Pick<Services, 'i18n' | 'queue' | 'config'>

/** Services that the assistant provides; the others are added where the plugin runs. */
export type HostServices = Omit<Services, keyof LocalServices>

/** Adds the services that work where the plugin runs. */
export function completeServices(
  given: HostServices,
  surroundings: {
    readonly scope: PluginScope
    readonly config: LiveConfig
    readonly messages: Messages | undefined
  },
): Services {
  const queue = createQueueService()
  surroundings.scope.onEnd(() => queue.close())
  return {
    ...given,
    queue,
    config: surroundings.config.service,
    i18n: createI18n(surroundings.messages, () => currentMessage()?.user.languageCode),
  }
}
