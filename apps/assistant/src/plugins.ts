import { describePluginIssues, formatProblem, reportUnknownKeys } from '@pluggram/config'
import type { ConfigProblem, LoadedConfiguration } from '@pluggram/config'
import { formatProblem as formatPluginProblem } from '@pluggram/host'
import type {
  HostPlan,
  IsolationLevel,
  PluginCandidate,
  PluginProblem,
  PluginState,
  ProcessLimits,
} from '@pluggram/host'
import type { PluginRegistry } from '@pluggram/sdk/runtime'
import type { ComponentHealth } from '@pluggram/observability'
import { findPlugins } from './read-home.ts'
import { DEFAULT_PLUGIN } from './shipped-plugins.ts'
import type { PluginStatusLine } from './system-plugin.ts'

export interface PlanOptions {
  /** Leaves out every plugin that does not ship with Pluggram. */
  readonly isSafe?: boolean
}

/** What the files of a home say about its plugins at this moment. */
export interface PluginsPlan {
  readonly plan: HostPlan
  /** The configuration with the variables of the plugins that were found. */
  readonly configuration: LoadedConfiguration
  /** What is wrong before any plugin starts, each a line for the owner. */
  readonly problems: readonly string[]
  /** Plugins that are left out because of their configuration. */
  readonly broken: ReadonlySet<string>
  /** Why plugins that are switched on are not even tried: their configuration, or that there are two of a name. */
  readonly leftOut: readonly PluginProblem[]
}

/** Finds the plugins of a home and says how each of them is to run. */
export async function planPlugins(
  loaded: LoadedConfiguration,
  { isSafe = false }: PlanOptions = {},
): Promise<PluginsPlan> {
  const { configuration, found, configProblems } = await findPlugins(loaded)
  const isShipped = new Set(
    found.candidates.flatMap(({ name, origin }) => (origin === 'shipped' ? name : [])),
  )
  const isEnabled = (name: string): boolean =>
    isSwitchedOn(configuration, name) && (!isSafe || isShipped.has(name))
  const broken = new Set(configProblems.filter(isFatalForPlugin).flatMap((problem) => problem.plugin ?? []))
  return {
    plan: {
      candidates: found.candidates.filter((candidate) => !broken.has(candidate.name)),
      pluginPaths: found.pluginPaths,
      isEnabled,
      order: [...configuration.plugins.switches.keys()],
      configFor: (name, jsonSchema) => ({
        block: configuration.pluginBlock(name, jsonSchema),
      }),
      describeIssues: (name, issues) =>
        describePluginIssues(configuration, name, issues)
          .map((problem) => formatProblem(problem, configuration))
          .join('\n'),
      levelFor: (candidate) => levelFor(configuration, candidate),
      limitsFor: (name) => limitsFor(configuration, name),
      grantsFor: (name) => configuration.plugins.grants.get(name) ?? {},
    },
    configuration,
    broken,
    leftOut: [
      ...configProblems.filter(isFatalForPlugin).map((problem) => toPluginProblem(problem, configuration)),
      ...found.problems,
    ].filter(({ plugin }) => isEnabled(plugin)),
    problems: [
      ...configProblems
        .filter(
          (problem) =>
            problem.plugin === undefined || problem.severity === 'warning' || isEnabled(problem.plugin),
        )
        .map((problem) => formatProblem(problem, configuration)),
      ...found.problems.map(formatPluginProblem),
    ],
  }
}

/** Keys of blocks that the running plugins do not know, each a line for the owner. */
export function unknownKeys(configuration: LoadedConfiguration, registry: PluginRegistry): readonly string[] {
  return registry
    .plugins()
    .flatMap(({ descriptor }) => reportUnknownKeys(configuration, descriptor.name, descriptor.configSchema))
    .map((problem) => formatProblem(problem, configuration))
}

/** Shipped plugins and those that their owner trusts run inside the assistant, all others in processes of their own. */
export function levelFor(
  { settings }: LoadedConfiguration,
  { name, origin }: PluginCandidate,
): IsolationLevel {
  return settings.pluginHost.plugins[name]?.isolation ?? (origin === 'shipped' ? 'inline' : 'process')
}

/** What its owner allows the process of one plugin. */
export function limitsFor({ settings }: LoadedConfiguration, name: string): ProcessLimits {
  const { plugins, memoryMb, idleSeconds, sandbox } = settings.pluginHost
  const { isolation: _isolation, chats: _chats, ...own } = plugins[name] ?? {}
  return { memoryMb, idleSeconds, sandbox, ...own }
}

/** A plugin that plugins_config.json does not name is off, but for the one that answers last of all. */
export function isSwitchedOn({ plugins }: LoadedConfiguration, name: string): boolean {
  return plugins.switches.get(name) ?? name === DEFAULT_PLUGIN
}

function isFatalForPlugin(problem: ConfigProblem): boolean {
  return problem.severity === 'error' && problem.plugin !== undefined
}

function toPluginProblem(problem: ConfigProblem, configuration: LoadedConfiguration): PluginProblem {
  return {
    plugin: problem.plugin ?? '',
    severity: 'error',
    code: 'plugin-config-invalid',
    message: formatProblem(problem, configuration),
  }
}

/** One plugin as a line of `/status`; plugins that are off are not mentioned. */
export function toStatusLine(state: PluginState): PluginStatusLine | undefined {
  if (state.state === 'off' || state.origin === 'built-in') return undefined
  const isRunning = state.state === 'running' || state.state === 'idle'
  const text = isRunning
    ? String(state.status?.status ?? 'running')
    : `${state.state}: ${reason(state.problem)}`
  return { name: state.name, isRunning, text }
}

function reason(problem: PluginProblem | undefined): string {
  if (problem === undefined) return 'see the log'
  const [first = '', ...more] = problem.message.split('\n')
  return more.length === 0 ? first : `${first} (and ${more.length} more)`
}

/** Plugins as a part of `/readyz`: broken ones are named, and do not make the assistant unusable. */
export function pluginsHealth(states: readonly PluginState[]): ComponentHealth {
  const shown = states.filter((state) => state.state !== 'off' && state.origin !== 'built-in')
  const isStarting = shown.some((state) => state.state === 'starting')
  const hasFailed = shown.some(({ state }) => ['failed', 'restarting', 'parked'].includes(state))
  return {
    status: isStarting || hasFailed ? 'degraded' : 'ok',
    plugins: Object.fromEntries(
      shown.map(({ name, state, isolation, crashes, status, problem, version }) => {
        const known = {
          state,
          isolation,
          ...(crashes > 0 && { crashes }),
          ...(version !== undefined && { version }),
        }
        // first for people who read it, and last since it is not the plugin's to say
        return [name, { ...known, ...status, ...known, ...(problem && { problem: problem.message }) }]
      }),
    ),
  }
}
