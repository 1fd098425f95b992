import { PluggramError } from '@pluggram/sdk'
import { formatProblem, type ConfigProblem } from './config-problem.ts'

/**
 * A configuration that cannot be used or changed. The message lists every problem on its own line.
 */
export class ConfigurationError extends PluggramError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[], home: string) {
    super('config-invalid', problems.map((problem) => formatProblem(problem, { home })).join('\n'))
    this.problems = problems
  }
}
