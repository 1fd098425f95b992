import { discoverPlugins, formatProblem as formatPluginProblem } from '@pluggram/host'
import { formatProblem, loadConfiguration, setPluginSwitch } from '@pluggram/config'
import { isSwitchedOn } from '../plugins.ts'
import { shippedPlugins } from '../shipped-plugins.ts'
import type { CliEnvironment } from './cli.ts'

/** Lists every plugin that is there with its switch and where it comes from. */
export async function listPlugins(cli: CliEnvironment): Promise<number> {
  const configuration = await loadConfiguration({ home: cli.home, environment: cli.environment })
  const { candidates, problems } = await discoverPlugins({ home: cli.home, shipped: shippedPlugins() })
  const width = Math.max(4, ...candidates.map(({ name }) => name.length))
  for (const { name, origin, entry } of candidates) {
    const state = isSwitchedOn(configuration, name) ? 'on ' : 'off'
    cli.print(`${name.padEnd(width)}  ${state}  ${origin.padEnd(7)}  ${entry}`)
  }
  const lines = [
    ...configuration.problems.map((problem) => formatProblem(problem, configuration)),
    ...problems.map(formatPluginProblem),
  ]
  for (const line of lines) cli.printError(line)
  return configuration.isUsable && !problems.some(({ severity }) => severity === 'error') ? 0 : 1
}

/** Writes a plugin's switch to plugins_config.json. */
export async function switchPlugin(cli: CliEnvironment, name: string, isEnabled: boolean): Promise<number> {
  const { candidates } = await discoverPlugins({ home: cli.home, shipped: shippedPlugins() })
  if (!candidates.some((candidate) => candidate.name === name)) {
    cli.printError(
      `There is no plugin called "${name}". There are: ${candidates.map((candidate) => candidate.name).join(', ')}.`,
    )
    return 1
  }
  await setPluginSwitch(cli.home, name, isEnabled)
  cli.print(`${name} is ${isEnabled ? 'on' : 'off'} from the next start.`)
  return 0
}
