import { loadConfiguration, formatProblem } from '@pluggram/config'
import type { Changeable, Live, LiveSettings, LoadedConfiguration } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import { planPlugins, unknownKeys } from './plugins.ts'
import type { PlanOptions } from './plugins.ts'
import type { PluginBoard } from './plugin-board.ts'
import type { ProblemLog } from './problem-log.ts'
import { Newcomers } from './newcomers.ts'
import { watchFiles } from './watch-files.ts'
import { watchHome } from './watch-home.ts'
import type { HomeWatch } from './watch-home.ts'

export interface ReloaderOptions extends PlanOptions {
  readonly home: string
  readonly board: PluginBoard
  /** The configuration in the files; the reloader updates it. */
  readonly configuration: Changeable<LoadedConfiguration>
  readonly settings: LiveSettings
  readonly logger: Logger
  readonly mask: SecretMask
  readonly problemLog: ProblemLog
}

/** Applies the current files to the plugins. */
export interface Reloader {
  /** Reads the files again. Never rejects; problems are logged. */
  reload(): Promise<void>
  /** The configuration in the files while it cannot be used; the previous one holds. */
  refused(): LoadedConfiguration | undefined
}

/**
 * Applies changed plugins, blocks, switches and grants while the assistant runs. If a change is
 * invalid, the last working version stays in force and the reason is logged.
 */
export function createReloader(options: ReloaderOptions): Reloader {
  const { home, board, configuration, settings, logger, mask, problemLog } = options
  let working: Promise<void> = Promise.resolve()
  let refused: LoadedConfiguration | undefined
  const newcomers = new Newcomers(home, logger)

  async function readAndApply(): Promise<void> {
    const loaded = await loadConfiguration({ home, environment: process.env })
    // also of a configuration that cannot be used: its problems are logged
    mask.add(loaded.secrets)
    refused = loaded.isUsable ? undefined : loaded
    if (!loaded.isUsable) {
      for (const problem of loaded.problems) problemLog.tellLine(formatProblem(problem, loaded))
      logger.warn('the configuration has errors; still using the previous version')
      return
    }
    const next = await planPlugins(loaded, options)
    mask.add(next.configuration.secrets)
    configuration.set(next.configuration)
    const waiting = settings.take(next.configuration)
    const report = await board.want(next)
    const lines = [...next.problems, ...unknownKeys(next.configuration, board.hosted), ...waiting]
    problemLog.settle(lines, report.problems)
    if (report.changed.length > 0) logger.info(`reloaded: ${report.changed.join(', ')}`)
    await newcomers.tell(next.plan)
  }

  return {
    reload() {
      working = working
        .then(readAndApply)
        .catch((error: unknown) => logger.error('a change could not be taken over', { err: error }))
      return working
    },
    refused: () => refused,
  }
}

/** Reloads saved files immediately while `plugin_host.hot_reload` is on. */
export function reloadOnSave(
  home: string,
  {
    reloader,
    configuration,
    settings,
    logger,
  }: { readonly reloader: Reloader; readonly configuration: Live<LoadedConfiguration> } & Pick<
    ReloaderOptions,
    'settings' | 'logger'
  >,
): { close(): Promise<void> } {
  const isOn = settings.at('pluginHost', 'hotReload')
  const open = (readAt: number): HomeWatch =>
    watchHome(home, {
      readAt,
      onChange: () => reloader.reload(),
      onError: (error) =>
        logger.warn('cannot watch all files: some changes take effect at the next start', { err: error }),
    })
  // the files were read after the process began
  let watching = isOn.now ? open(performance.timeOrigin) : undefined
  const files = watchFiles(() => void reloader.reload())
  const followFiles = (): void => files.follow(isOn.now ? configuration.now.readFiles : [])
  followFiles()
  const stopFiles = configuration.onChange(followFiles)
  const stop = isOn.onChange((now) => {
    followFiles()
    logger.info(
      now
        ? 'plugin_host.hot_reload was switched on: saved files take effect at once'
        : 'plugin_host.hot_reload was switched off: files that are saved from now on are not read until the next start',
    )
    void watching?.close()
    // what was saved while it was off is read now
    watching = now ? open(0) : undefined
  })
  return {
    async close() {
      stop()
      stopFiles()
      files.close()
      await watching?.close()
    },
  }
}
