import { applyPluginEnvironment, loadConfiguration, reportUnknownPlugins } from '@pluggram/config'
import type { ConfigProblem, LoadedConfiguration, LoadConfigurationOptions } from '@pluggram/config'
import { discoverPlugins } from '@pluggram/host'
import type { Discovery } from '@pluggram/host'
import { shippedPlugins } from './shipped-plugins.ts'

/** A snapshot of a home's files. */
export interface HomeReading {
  /** Includes environment variables for the plugins that were found. */
  readonly configuration: LoadedConfiguration
  readonly found: Discovery
  /** All problems of the configuration. Problems of plugins are in `found.problems`. */
  readonly configProblems: readonly ConfigProblem[]
}

/** Reads a home's configuration and finds its plugins, without running their code. */
export async function readHome(options: LoadConfigurationOptions): Promise<HomeReading> {
  return findPlugins(await loadConfiguration(options))
}

/** The second half of `readHome`, for callers that need to check the configuration first. */
export async function findPlugins(loaded: LoadedConfiguration): Promise<HomeReading> {
  const found = await discoverPlugins({ home: loaded.home, shipped: shippedPlugins() })
  const names = found.candidates.map(({ name }) => name)
  const configuration = applyPluginEnvironment(loaded, names)
  // discovery skips plugins with duplicate names, but the names are known
  const known = [...names, ...found.problems.map(({ plugin }) => plugin)]
  const configProblems = [...configuration.problems, ...reportUnknownPlugins(configuration, known)]
  return { configuration, found, configProblems }
}
