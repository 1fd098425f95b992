import { formatProblem, loadConfiguration } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import { Failure } from '@pluggram/sdk/runtime'
import type { CliEnvironment } from './cli-environment.ts'

/**
 * Reads the configuration for a command that starts plugins.
 * @throws Failure with every problem when it is unusable
 */
export async function loadUsable({ home, environment }: CliEnvironment): Promise<LoadedConfiguration> {
  const configuration = await loadConfiguration({ home, environment })
  if (configuration.isUsable) return configuration
  const lines = configuration.problems.map((problem) => formatProblem(problem, configuration))
  const isHome = configuration.problems[0]?.path === 'PLUGGRAM_HOME'
  if (isHome) throw new Failure('home-missing', { reason: lines[0] ?? home })
  throw new Failure(
    'config-invalid',
    { reason: lines.map((line) => `  ${line}`).join('\n') },
    'config-invalid',
  )
}
