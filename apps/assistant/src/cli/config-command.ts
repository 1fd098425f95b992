import { createJsonSchema, formatProblem } from '@pluggram/config'
import { formatProblem as formatPluginProblem } from '@pluggram/host'
import { readHome } from '../read-home.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** Prints every problem; exit code 1 when there is an error. */
export async function checkConfig(cli: CliEnvironment): Promise<number> {
  const { configuration, found, configProblems } = await readHome(cli)
  for (const problem of configProblems)
    cli.printError(`${problem.severity}  ${formatProblem(problem, configuration)}`)
  for (const problem of found.problems) cli.printError(`${problem.severity}  ${formatPluginProblem(problem)}`)
  const problems = [...configProblems, ...found.problems]
  if (problems.length === 0)
    cli.print('The configuration is in order. Blocks of plugins are checked when they start.')
  return problems.some((problem) => problem.severity === 'error') ? 1 : 0
}

export function printSchema(cli: CliEnvironment): number {
  cli.print(JSON.stringify(createJsonSchema(), null, 2))
  return 0
}
