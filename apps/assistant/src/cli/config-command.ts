import { createJsonSchema, formatProblem, reportUnknownKeys } from '@pluggram/config'
import { formatProblem as formatPluginProblem } from '@pluggram/host'
import { errorMessage } from '@pluggram/sdk'
import { isSwitchedOn } from '../plugins.ts'
import { openSecretsProblem } from '../private-data.ts'
import { readHome } from '../read-home.ts'
import type { HomeReading } from '../read-home.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { inspect } from './inspect.ts'
import { printJson } from './print-json.ts'

interface Finding {
  readonly severity: 'error' | 'warning'
  readonly text: string
}

/** Prints every problem, those of plugins' blocks included; exit code 1 when there is an error. */
export async function checkConfig(cli: CliEnvironment): Promise<number> {
  const reading = await readHome(cli)
  const { configuration, found, configProblems } = reading
  const openSecrets = await openSecretsProblem(configuration.home)
  const findings: Finding[] = [
    ...(openSecrets === undefined ? [] : [{ severity: 'warning', text: openSecrets } as const]),
    ...configProblems.map((problem) => ({
      severity: problem.severity,
      text: formatProblem(problem, configuration),
    })),
    ...found.problems.map((problem) => ({ severity: problem.severity, text: formatPluginProblem(problem) })),
    ...(configuration.isUsable ? await checkPlugins(cli, reading) : []),
  ]
  if (cli.isJson) printJson(cli, findings)
  else for (const { severity, text } of findings) cli.printError(`${severity}  ${text}`)
  if (findings.length === 0 && !cli.isJson) cli.print('Configuration OK.')
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** Loads each plugin that is on: only it knows what its block must hold. */
async function checkPlugins(cli: CliEnvironment, reading: HomeReading): Promise<Finding[]> {
  const { configuration, found } = reading
  const findings: Finding[] = []
  const named = new Set(reading.configProblems.flatMap(({ plugin }) => plugin ?? []))
  for (const candidate of found.candidates) {
    const { name } = candidate
    if (!isSwitchedOn(configuration, name) || named.has(name)) continue
    // one after another: each is a process of its own
    try {
      const { jsonSchema } = await inspect(cli, reading, candidate, { checksBlock: true })
      const unknown = reportUnknownKeys(configuration, name, jsonSchema)
      findings.push(
        ...unknown.map((problem) => ({
          severity: problem.severity,
          text: formatProblem(problem, configuration),
        })),
      )
    } catch (error) {
      findings.push({ severity: 'error', text: errorMessage(error) })
    }
  }
  return findings
}

export function printSchema(cli: CliEnvironment): number {
  cli.print(JSON.stringify(createJsonSchema(), null, 2))
  return 0
}
