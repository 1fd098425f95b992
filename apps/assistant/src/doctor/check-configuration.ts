import { reportUnknownKeys } from '@pluggram/config'
import type { ConfigProblem } from '@pluggram/config'
import { formatProblem as formatPluginProblem, missingGrants } from '@pluggram/host'
import type { PluginProblem } from '@pluggram/host'
import { errorMessage } from '@pluggram/sdk'
import type { CliEnvironment } from '../cli/cli-environment.ts'
import { inspect } from '../cli/inspect.ts'
import { isSwitchedOn, levelFor } from '../plugins.ts'
import type { HomeReading } from '../read-home.ts'
import type { DoctorCheck } from './examined-home.ts'
import { toProblem } from './fault.ts'
import type { Fault } from './fault.ts'
import type { Problem } from './problem.ts'

/** Every fault of the files, and what only the plugins know. */
export async function findFaults(
  cli: CliEnvironment,
  reading: HomeReading,
  loadsPlugin: (name: string) => boolean = () => true,
): Promise<Fault[]> {
  const { configuration, found, configProblems } = reading
  return [
    ...configProblems.map((one): Fault => ({ kind: 'config', problem: one })),
    ...found.problems.map((one): Fault => ({ kind: 'plugin', problem: one, text: formatPluginProblem(one) })),
    ...(configuration.isUsable ? await loadPlugins(cli, reading, loadsPlugin) : []),
  ]
}

/** Loads each plugin that is on, in a process of its own: only it knows what its block must hold. */
async function loadPlugins(
  cli: CliEnvironment,
  reading: HomeReading,
  loadsPlugin: (name: string) => boolean,
): Promise<Fault[]> {
  const { configuration, found } = reading
  const faults: Fault[] = []
  const named = new Set(reading.configProblems.flatMap(({ plugin }) => plugin ?? []))
  for (const candidate of found.candidates) {
    const { name } = candidate
    if (!isSwitchedOn(configuration, name) || named.has(name) || !loadsPlugin(name)) continue
    const wrong: ConfigProblem[] = []
    // one after another: each is a process of its own
    try {
      const onIssues = (problems: readonly ConfigProblem[]): void => void wrong.push(...problems)
      const { manifest, jsonSchema } = await inspect(cli, reading, candidate, { checksBlock: true, onIssues })
      const unknown = reportUnknownKeys(configuration, name, jsonSchema)
      faults.push(...unknown.map((one): Fault => ({ kind: 'config', problem: one })))
      const isInside = levelFor(configuration, candidate) === 'inline'
      const missing = missingGrants(
        manifest.permissions,
        isInside ? 'everything' : (configuration.plugins.grants.get(name) ?? {}),
      )
      if (missing.length > 0) faults.push({ kind: 'grant', plugin: name, missing })
    } catch (error) {
      if (wrong.length > 0) faults.push(...wrong.map((one): Fault => ({ kind: 'config', problem: one })))
      else faults.push({ kind: 'plugin', problem: pluginProblemOf(error, name), text: errorMessage(error) })
    }
  }
  return faults
}

function pluginProblemOf(error: unknown, plugin: string): Omit<PluginProblem, 'code'> {
  const message = errorMessage(error)
  const given: unknown = error instanceof Error && 'problem' in error ? error.problem : undefined
  const known = given as PluginProblem | undefined
  return known?.plugin === plugin ? known : { plugin, severity: 'error', message }
}

/** The configuration and, unless an assistant runs and knows better, the plugins. */
export const configurationCheck: DoctorCheck = {
  name: 'the configuration and the plugins',
  areas: ['config', 'plugin'],
  seconds: 120,
  async run({ cli, reading, configuration, loadsPlugin }) {
    const quiet = { ...cli, printError: () => {} }
    const faults = await findFaults(quiet, reading, loadsPlugin)
    return distinct(joined(faults.map((fault) => toProblem(fault, configuration))))
  },
}

/** A quote that makes a secret wrong is one mistake: the error gets its repair. */
function joined(problems: readonly Problem[]): Problem[] {
  const quotes = new Map(
    problems.filter(({ id }) => id.startsWith('config.quotes:')).map((one) => [one.id, one]),
  )
  return problems.flatMap((one) => {
    const quote = quotes.get(
      one.id.replace(/^(?:config\.invalid|secret\.weak):/, 'config.quotes:') as Problem['id'],
    )
    if (one === quote)
      return ['config.invalid:', 'secret.weak:'].some((kind) =>
        problems.some(({ id }) => id === one.id.replace('config.quotes:', kind)),
      )
        ? []
        : [one]
    return [{ ...one, ...(quote?.repair && { fix: quote.fix, repair: quote.repair }) }]
  })
}

/** Two problems of one key get different ids. */
function distinct(problems: readonly Problem[]): Problem[] {
  const count = new Map<string, number>()
  return problems.map((one) => {
    const number = (count.get(one.id) ?? 0) + 1
    count.set(one.id, number)
    return number === 1 ? one : { ...one, id: `${one.id}#${number}` as Problem['id'] }
  })
}
