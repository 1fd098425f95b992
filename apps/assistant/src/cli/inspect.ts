import { join } from 'node:path'
import { describePluginIssues, formatProblem } from '@pluggram/config'
import type { ConfigProblem } from '@pluggram/config'
import { inspectPlugin } from '@pluggram/host'
import type { PluginCandidate } from '@pluggram/host'
import type { Logger } from '@pluggram/sdk'
import { limitsFor } from '../plugins.ts'
import type { HomeReading } from '../read-home.ts'
import type { CliEnvironment } from './cli-environment.ts'

interface InspectOptions {
  readonly checksBlock?: boolean
  /** Told what is wrong in its block, before the error is thrown. */
  readonly onIssues?: (problems: readonly ConfigProblem[]) => void
}

/**
 * Loads a plugin in a process of its own and ends it; with `checksBlock`, its block of config.json is checked.
 * @returns what its manifest says
 * @throws PluggramError when it cannot be loaded, or its block is wrong
 */
export function inspect(
  cli: CliEnvironment,
  { configuration, found }: Pick<HomeReading, 'configuration' | 'found'>,
  candidate: PluginCandidate,
  { onIssues, ...options }: InspectOptions = {},
): ReturnType<typeof inspectPlugin> {
  const surroundings: Parameters<typeof inspectPlugin>[1] = {
    pluginPaths: found.pluginPaths,
    limits: limitsFor(configuration, candidate.name),
    blockFor: (jsonSchema) => configuration.pluginBlock(candidate.name, jsonSchema),
    describeIssues(plugin, issues) {
      const problems = describePluginIssues(configuration, plugin, issues)
      onIssues?.(problems)
      return problems.map((problem) => formatProblem(problem, configuration)).join('\n')
    },
    dataFolder: join(cli.home, 'data'),
    logger: quietLogger(cli),
  }
  return inspectPlugin(candidate, surroundings, options)
}

/**
 * Shows what a plugin prints while it is inspected. Other log lines do not belong in a terminal.
 */
function quietLogger(cli: CliEnvironment): Logger {
  return {
    debug() {},
    info: (message) => cli.printError(message),
    warn() {},
    error: (message) => cli.printError(message),
  }
}
