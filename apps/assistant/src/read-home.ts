import { applyPluginEnvironment, loadConfiguration, reportUnknownPlugins } from '@pluggram/config'
import type { ConfigProblem, LoadedConfiguration, LoadConfigurationOptions } from '@pluggram/config'
import { discoverPlugins } from '@pluggram/host'
import type { Discovery } from '@pluggram/host'
import { shippedPlugins } from './shipped-plugins.ts'

/** What the files of a home say at one moment. */
export interface HomeReading {
  /** With the variables of the plugins that were found. */
  readonly configuration: LoadedConfiguration
  readonly found: Discovery
  /**
   * All that is wrong in the configuration. What is wrong with plugins stands in `found.problems`.
   */
  readonly configProblems: readonly ConfigProblem[]
}

/** Reads the configuration of a home and finds its plugins. Nothing of a plugin is run. */
export async function readHome(options: LoadConfigurationOptions): Promise<HomeReading> {
  return findPlugins(await loadConfiguration(options))
}

/** The second half of `readHome`, for a caller that had to look at the configuration first. */
export async function findPlugins(loaded: LoadedConfiguration): Promise<HomeReading> {
  const found = await discoverPlugins({ home: loaded.home, shipped: shippedPlugins() })
  const names = found.candidates.map(({ name }) => name)
  const configuration = applyPluginEnvironment(loaded, names)
  // discovery leaves out two plugins of one name, but both are there
  const known = [...names, ...found.problems.map(({ plugin }) => plugin)]
  const configProblems = [...configuration.problems, ...reportUnknownPlugins(configuration, known)]
  return { configuration, found, configProblems }
}
