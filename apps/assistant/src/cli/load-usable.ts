import { formatProblem, loadConfiguration } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { CliEnvironment } from './cli-environment.ts'

/**
 * Reads the configuration for a command that starts plugins. Prints what is wrong when it is
 * unusable.
 */
export async function loadUsable(cli: CliEnvironment): Promise<LoadedConfiguration | undefined> {
  const configuration = await loadConfiguration({ home: cli.home, environment: cli.environment })
  if (configuration.isUsable) return configuration
  cli.printError('The configuration has errors:')
  for (const problem of configuration.problems) cli.printError(`  ${formatProblem(problem, configuration)}`)
  return undefined
}
