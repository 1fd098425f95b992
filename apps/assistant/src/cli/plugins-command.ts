import { basename } from 'node:path'
import {
  describePermissions,
  formatProblem as formatPluginProblem,
  inlineOnly,
  missingGrants,
  trustAdvice,
} from '@pluggram/host'
import type { Discovery, PluginCandidate } from '@pluggram/host'
import { credentialVariable, formatProblem, setPluginGrants, setPluginSwitch } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { CredentialDefinition } from '@pluggram/sdk'
import { errorMessage, z } from '@pluggram/sdk'
import { isSwitchedOn, levelFor } from '../plugins.ts'
import { readHome } from '../read-home.ts'
import { askElse, askIfRunning, askOnlyRunning } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { inspect } from './inspect.ts'
import { grantMcpServer } from './mcp-grant.ts'
import { printJson } from './print-json.ts'
import { styles } from './styles.ts'

const statesSchema = z.object({
  plugins: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      problem: z.string().optional(),
      credentials: z
        .record(z.string(), z.object({ hosts: z.array(z.string()), reason: z.string() }))
        .optional(),
    }),
  ),
})
/** What came of a change; an MCP server has no state here. */
const outcomeSchema = z.object({ state: z.string().optional(), problem: z.string().optional() })
const NOT_RUNNING: ReadonlySet<string> = new Set(['failed', 'parked', 'stopped'])

/** A row of the list. */
interface ListedPlugin {
  readonly name: string
  readonly isOn: boolean
  /** Where it comes from: `shipped`, `home`, `package` or `mcp`. */
  readonly origin: string
  readonly isolation: string
  /** The file and line that switched it, or `default`. */
  readonly decidedBy: string
  readonly entry?: string
  /** Credentials that the assistant adds to its requests, one sentence each. */
  readonly credentials?: readonly string[]
  /** In the running assistant. */
  readonly state?: string | undefined
  readonly problem?: string | undefined
}

/** Lists every plugin: whether it is on and who says so, where it comes from and runs, and its state. */
export async function listPlugins(cli: CliEnvironment): Promise<number> {
  const { configuration, found, configProblems } = await readHome(cli)
  const { candidates, problems } = found
  const running = await askStates(cli)
  const live = (name: string): Partial<LivePlugin> => running?.get(name) ?? {}
  const plugins: ListedPlugin[] = [
    ...candidates.map((candidate) => ({
      ...live(candidate.name),
      credentials: credentialWords(configuration, candidate.name, live(candidate.name).credentials),
      name: candidate.name,
      isOn: isSwitchedOn(configuration, candidate.name),
      origin: candidate.origin,
      isolation: levelFor(configuration, candidate),
      decidedBy: decidedBy(configuration, candidate.name),
      entry: candidate.entry,
    })),
    ...Object.keys(configuration.settings.mcp.servers).map((name) => ({
      ...live(name),
      credentials: [],
      name,
      isOn: true,
      origin: 'mcp',
      isolation: 'process',
      decidedBy: 'config.json',
    })),
  ]
  if (cli.isJson) printJson(cli, plugins)
  else printTable(cli, plugins, running !== undefined)
  const lines = [
    ...configProblems.map((problem) => formatProblem(problem, configuration)),
    ...problems.map(formatPluginProblem),
  ]
  for (const line of lines) cli.printError(line)
  return configuration.isUsable && !problems.some(({ severity }) => severity === 'error') ? 0 : 1
}

function printTable(cli: CliEnvironment, plugins: readonly ListedPlugin[], isRunning: boolean): void {
  const style = styles(process.stdout)
  const width = Math.max(4, ...plugins.map(({ name }) => name.length))
  for (const plugin of plugins) {
    const { name, isOn, origin, isolation, state = '', decidedBy: by, entry = '', problem } = plugin
    const words = [
      style.word(name.padEnd(width)),
      isOn ? style.good('on ') : style.faint('off'),
      origin.padEnd(7),
      isolation.padEnd(7),
      ...(isRunning ? [problem === undefined ? state.padEnd(10) : style.bad(state.padEnd(10))] : []),
      by.padEnd(22),
      style.faint(entry),
    ]
    cli.print(words.join('  ').trimEnd())
    for (const line of plugin.credentials ?? []) cli.print(`${' '.repeat(width)}  ${line}`)
    for (const line of problem?.split('\n') ?? []) cli.print(`${' '.repeat(width)}  ${style.bad(line)}`)
  }
}

/** What a plugin's credentials are for, and whether they are set; of one that does not run, what was granted. */
function credentialWords(
  { environment, plugins }: LoadedConfiguration,
  plugin: string,
  running?: Readonly<Record<string, Pick<CredentialDefinition, 'hosts' | 'reason'>>>,
): readonly string[] {
  if (!running) return (plugins.grants.get(plugin)?.credentials ?? []).map((line) => `credential ${line}`)
  return Object.entries(running).map(([name, { hosts, reason }]) => {
    const isSet = environment[credentialVariable(plugin, name)] !== undefined
    const next = isSet ? 'set' : `not set (pluggram secrets set ${plugin}.${name})`
    return `credential ${name} for ${hosts.join(', ')}: ${reason} – ${next}`
  })
}

/** `plugins_config.json:3`, or `default`. */
function decidedBy({ plugins }: LoadedConfiguration, name: string): string {
  const at = plugins.decidedAt.get(name)
  return at === undefined ? 'default' : `${basename(at.file)}:${at.line}`
}

/** Writes a plugin's switch to plugins_config.json. */
export async function switchPlugin(cli: CliEnvironment, name: string, isEnabled: boolean): Promise<number> {
  const { found } = await readHome(cli)
  if (!findPlugin(cli, found, name)) return 1
  const ask = { method: 'POST', path: `${pathOf(name)}/switch`, body: { isOn: isEnabled } } as const
  const outcome = await askElse(cli, { ...ask, answer: outcomeSchema }, async () => {
    await setPluginSwitch(cli.home, name, isEnabled)
    return undefined
  })
  if (!isEnabled) cli.print(`${name} is off${outcome ? '' : ' from the next start'}.`)
  else if (outcome === undefined) cli.print(`${name} is on from the next start.`)
  else return tellOutcome(cli, name, outcome, `${name} is on.`)
  return 0
}

/** Shows what a plugin asks for; with `--yes`, writes it to plugins_config.json as granted. */
export async function grantPlugin(
  cli: CliEnvironment,
  name: string,
  { yes = false }: { yes?: boolean },
): Promise<number> {
  const { configuration, found } = await readHome(cli)
  if (isMcpServer(configuration, name)) {
    return grantMcpServer(cli, name, yes)
  }
  const candidate = findPlugin(cli, found, name)
  if (!candidate) return 1
  if (levelFor(configuration, candidate) === 'inline') {
    cli.print(`${name} runs inside the assistant; there is nothing to grant.`)
    return 0
  }
  let manifest
  try {
    ;({ manifest } = await inspect(cli, { configuration, found }, candidate))
  } catch (error) {
    cli.printError(errorMessage(error))
    return 1
  }
  const asked = manifest.permissions
  if (manifest.isolation === 'inline') {
    cli.print(`${name} would like to run inside the assistant. Only ${trustAdvice(name)}`)
  }
  const insideOnly = inlineOnly(asked)
  if (insideOnly.length > 0) {
    cli.print(`It gets ${insideOnly.join(', ')} only inside the assistant: ${trustAdvice(name)}`)
  }
  const missing = missingGrants(asked, configuration.plugins.grants.get(name) ?? {})
  if (missing.length === 0) {
    const granted = describePermissions(asked)
    cli.print(
      granted.length === 0
        ? `${name} asks for nothing.`
        : `${name} asks for ${granted.join(', ')}, all of which is granted.`,
    )
    return 0
  }
  cli.print(`${name} asks for:`)
  for (const line of missing) cli.print(`  ${line}`)
  for (const line of credentialWords(configuration, name, manifest.credentials ?? {})) cli.print(`  ${line}`)
  if (!yes) {
    cli.print(`To grant it: pluggram plugins grant ${name} --yes`)
    return 1
  }
  const body = { permissions: asked }
  await askElse(cli, { method: 'POST', path: `${pathOf(name)}/grants`, body, answer: z.unknown() }, () =>
    setPluginGrants(cli.home, name, asked),
  )
  cli.print('Granted (saved in plugins_config.json).')
  return 0
}

/** Asks the running assistant to start a plugin again, also one that is parked. */
export async function restartPlugin(cli: CliEnvironment, name: string): Promise<number> {
  const { configuration, found } = await readHome(cli)
  if (!isMcpServer(configuration, name) && !findPlugin(cli, found, name)) return 1
  const ask = { method: 'POST', path: `${pathOf(name)}/restart`, answer: outcomeSchema } as const
  return tellOutcome(cli, name, await askOnlyRunning(cli, ask), `Restarted ${name}.`)
}

/** Says whether the plugin runs now; if not, why. */
function tellOutcome(
  cli: CliEnvironment,
  name: string,
  { state, problem }: z.infer<typeof outcomeSchema>,
  success: string,
): number {
  if (state === 'off') {
    cli.printError(`${name} is off. Turn it on: pluggram plugins enable ${name}`)
    return 1
  }
  if (state !== undefined && NOT_RUNNING.has(state)) {
    cli.printError(`${name} is on, but it is not running: ${problem ?? state}`)
    return 1
  }
  cli.print(success)
  return 0
}

/** Finds a plugin by name. Prints the names that exist when there is none. */
function findPlugin(
  cli: CliEnvironment,
  { candidates }: Discovery,
  name: string,
): PluginCandidate | undefined {
  const candidate = candidates.find((item) => item.name === name)
  if (!candidate) {
    const names = candidates.map((item) => item.name).join(', ')
    cli.printError(`There is no plugin "${name}". Plugins: ${names}.`)
  }
  return candidate
}

function isMcpServer({ settings }: LoadedConfiguration, name: string): boolean {
  return Object.hasOwn(settings.mcp.servers, name)
}

function pathOf(name: string): string {
  return `/api/plugins/${encodeURIComponent(name)}`
}

type LivePlugin = z.infer<typeof statesSchema>['plugins'][number]

/** The states of the plugins; `undefined` when no assistant runs in this home. */
async function askStates(cli: CliEnvironment): Promise<ReadonlyMap<string, LivePlugin> | undefined> {
  const ask = { method: 'GET', path: '/api/plugins', answer: statesSchema } as const
  const answer = await askIfRunning(cli, ask)
  return answer && new Map(answer.plugins.map((plugin) => [plugin.name, plugin]))
}
