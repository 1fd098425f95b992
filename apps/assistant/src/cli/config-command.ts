import { createJsonSchema, formatProblem } from '@pluggram/config'
import { findFaults } from '../doctor/check-configuration.ts'
import { openSecretsProblem } from '../private-data.ts'
import { readHome } from '../read-home.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'

/** One problem, as a list for programs shows it. */
interface ListedProblem {
  readonly severity: 'error' | 'warning'
  readonly text: string
}

/** Prints every problem, those of plugins' blocks included; exit code 1 when there is an error. */
export async function checkConfig(cli: CliEnvironment): Promise<number> {
  const reading = await readHome(cli)
  const { configuration } = reading
  const openSecrets = await openSecretsProblem(configuration.home)
  const faults = await findFaults(cli, reading)
  const problems: ListedProblem[] = [
    ...(openSecrets === undefined ? [] : [{ severity: 'warning', text: openSecrets } as const]),
    ...faults.flatMap((fault) => {
      // a grant is not part of the configuration: the plugin may wait for it
      if (fault.kind === 'grant') return []
      const text = fault.kind === 'plugin' ? fault.text : formatProblem(fault.problem, configuration)
      return { severity: fault.problem.severity, text }
    }),
  ]
  if (cli.isJson) printJson(cli, problems)
  else for (const { severity, text } of problems) cli.printError(`${severity}  ${text}`)
  if (problems.length === 0 && !cli.isJson) cli.print('Configuration OK.')
  return problems.some(({ severity }) => severity === 'error') ? 1 : 0
}

export function printSchema(cli: CliEnvironment): number {
  cli.print(JSON.stringify(createJsonSchema(), null, 2))
  return 0
}
