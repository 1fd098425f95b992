import { loadConfiguration, formatProblem } from '@pluggram/config'
import { formatProblem as formatPluginProblem } from '@pluggram/host'
import type { HostPlan, PluginHost } from '@pluggram/host'
import type { Logger } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import { planPlugins } from './plugins.ts'
import type { PluginsPlan } from './plugins.ts'
import { watchHome } from './watch-home.ts'

export interface HotReloadOptions {
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly host: PluginHost
  /** What the host was started with. */
  readonly plan: HostPlan
  readonly isSafe: boolean
  readonly logger: Logger
  readonly mask: SecretMask
  /** What was said at the start already, and need not be said again. */
  readonly saidBefore: readonly string[]
}

/**
 * Lets changed plugins, blocks, switches and grants take effect while the assistant runs. Whatever is broken keeps its
 * last version that worked, and the log says why.
 */
export function startHotReload(options: HotReloadOptions): { close(): Promise<void> } {
  const { home, environment, host, logger, mask, isSafe } = options
  let plan = options.plan
  let said = new Set(options.saidBefore)

  async function reload(): Promise<void> {
    const loaded = await loadConfiguration({ home, environment })
    if (!loaded.isUsable) {
      say(loaded.problems.map((problem) => formatProblem(problem, loaded)))
      logger.warn('the configuration cannot be used as it stands; what was read before still holds')
      return
    }
    const next = await planPlugins(loaded, { isSafe })
    mask.add(next.configuration.secrets)
    plan = keepWhatWorked(next, plan)
    const report = await host.apply(plan)
    say([...next.problems, ...report.problems.map(formatPluginProblem)])
    if (report.changed.length > 0) logger.info(`reloaded: ${report.changed.join(', ')}`)
  }

  /** A problem that stays is told once. */
  function say(problems: readonly string[]): void {
    for (const problem of problems) if (!said.has(problem)) logger.error(problem)
    said = new Set(problems)
  }

  return watchHome(home, async () => {
    try {
      await reload()
    } catch (error) {
      logger.error('a change could not be taken over', { err: error })
    }
  })
}

/** A plugin whose block became unusable goes on with the block it had. */
function keepWhatWorked({ plan, broken }: PluginsPlan, before: HostPlan): HostPlan {
  const kept = before.candidates.filter(({ name }) => broken.has(name))
  const planFor = (name: string): HostPlan => (broken.has(name) ? before : plan)
  return {
    ...plan,
    candidates: [...plan.candidates, ...kept],
    configFor: (name, jsonSchema) => planFor(name).configFor(name, jsonSchema),
    levelFor: (candidate) => planFor(candidate.name).levelFor?.(candidate) ?? 'process',
    limitsFor: (name) => planFor(name).limitsFor?.(name) ?? {},
  }
}
