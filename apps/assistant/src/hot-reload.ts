import { loadConfiguration, formatProblem } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import { planPlugins } from './plugins.ts'
import type { Plugins } from './plugins.ts'
import type { ProblemLog } from './problem-log.ts'
import { watchHome } from './watch-home.ts'
import { WorkingPlans } from './working-plans.ts'

export interface HotReloadOptions {
  readonly home: string
  /** What the assistant was started with. */
  readonly plugins: Plugins
  readonly isSafe: boolean
  readonly logger: Logger
  readonly mask: SecretMask
  readonly problemLog: ProblemLog
  /** Told of a configuration that can be used, before plugins are brought to it. */
  onConfiguration(configuration: LoadedConfiguration): void
}

/**
 * Lets changed plugins, blocks, switches and grants take effect while the assistant runs. Whatever is broken keeps its
 * last version that worked, and the log says why.
 */
export function startHotReload(options: HotReloadOptions): { close(): Promise<void> } {
  const { home, plugins, logger, mask, isSafe, problemLog } = options
  const plans = new WorkingPlans(plugins.plan)

  async function reload(): Promise<void> {
    const loaded = await loadConfiguration({ home, environment: process.env })
    if (!loaded.isUsable) {
      for (const problem of loaded.problems) problemLog.tellLine(formatProblem(problem, loaded))
      logger.warn('the configuration cannot be used as it stands; what was read before still holds')
      return
    }
    const next = await planPlugins(loaded, { isSafe })
    mask.add(next.configuration.secrets)
    options.onConfiguration(next.configuration)
    const report = await plugins.host.apply(plans.follow(next))
    problemLog.settle(next.problems, report.problems)
    if (report.changed.length > 0) logger.info(`reloaded: ${report.changed.join(', ')}`)
  }

  return watchHome(home, async () => {
    try {
      await reload()
    } catch (error) {
      logger.error('a change could not be taken over', { err: error })
    }
  })
}
