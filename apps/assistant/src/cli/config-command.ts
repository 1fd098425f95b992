import {
  applyPluginEnvironment,
  createJsonSchema,
  formatProblem,
  loadConfiguration,
  reportUnknownPlugins,
} from '@pluggram/config'
import { discoverPlugins } from '@pluggram/host'
import { shippedPlugins } from '../shipped-plugins.ts'
import type { CliEnvironment } from './cli.ts'

/** Prints every problem; exit code 1 when there is an error. */
export async function checkConfig(cli: CliEnvironment): Promise<number> {
  const loaded = await loadConfiguration({ home: cli.home, environment: cli.environment })
  const { candidates } = await discoverPlugins({ home: cli.home, shipped: shippedPlugins() })
  const names = candidates.map((candidate) => candidate.name)
  const configuration = applyPluginEnvironment(loaded, names)
  const problems = [...configuration.problems, ...reportUnknownPlugins(configuration, names)]
  for (const problem of problems)
    cli.printError(`${problem.severity}  ${formatProblem(problem, configuration)}`)
  if (problems.length === 0)
    cli.print('The configuration is in order. Blocks of plugins are checked when they start.')
  return problems.some((problem) => problem.severity === 'error') ? 1 : 0
}

export function printSchema(cli: CliEnvironment): number {
  cli.print(JSON.stringify(createJsonSchema(), null, 2))
  return 0
}
