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
  /** Skips every plugin that does not ship with Pluggram. */
  readonly isSafe?: boolean
}

/** The plan for a home's plugins, according to its files. */
export interface PluginsPlan {
  readonly plan: HostPlan
  /** The configuration, including environment variables for the plugins that were found. */
  readonly configuration: LoadedConfiguration
  /** Problems found before any plugin starts, one line each for the owner. */
  readonly problems: readonly string[]
  /** Plugins that are skipped because of their configuration. */
  readonly broken: ReadonlySet<string>
  /**
   * Why enabled plugins are not started: an invalid configuration, or two plugins with one name.
   */
  readonly leftOut: readonly PluginProblem[]
}

/** Finds the plugins of a home and decides how each of them runs. */
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

/** Unknown keys in the blocks of running plugins, one line each for the owner. */
export function unknownKeys(configuration: LoadedConfiguration, registry: PluginRegistry): readonly string[] {
  return registry
    .plugins()
    .flatMap(({ descriptor }) => reportUnknownKeys(configuration, descriptor.name, descriptor.configSchema))
    .map((problem) => formatProblem(problem, configuration))
}

/** Shipped and trusted plugins run inside the assistant, all others in processes of their own. */
export function levelFor(
  { settings }: LoadedConfiguration,
  { name, origin }: PluginCandidate,
): IsolationLevel {
  return settings.pluginHost.plugins[name]?.isolation ?? (origin === 'shipped' ? 'inline' : 'process')
}

/** The owner's limits for a plugin's process. */
export function limitsFor({ settings }: LoadedConfiguration, name: string): ProcessLimits {
  const { plugins, memoryMb, filesMb, idleSeconds, sandbox } = settings.pluginHost
  const { isolation: _isolation, chats: _chats, ...own } = plugins[name] ?? {}
  return { memoryMb, filesMb, idleSeconds, sandbox, ...own }
}

/** A plugin that no file names is off, except for the conversation. */
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

/** A plugin's line in `/status`; `undefined` for a plugin that is off. */
export function toStatusLine(
  state: PluginState,
  titleOf: (name: string) => string,
): PluginStatusLine | undefined {
  if (state.state === 'off' || state.origin === 'built-in') return undefined
  const isRunning = state.state === 'running' || state.state === 'idle'
  const text = isRunning
    ? String(state.status?.status ?? 'running')
    : `${state.state}: ${reason(state.problem)}`
  return { title: titleOf(state.name), isRunning, text }
}

function reason(problem: PluginProblem | undefined): string {
  if (problem === undefined) return 'see the log'
  const [first = '', ...more] = problem.message.split('\n')
  return more.length === 0 ? first : `${first} (and ${more.length} more)`
}

/**
 * The plugins' health for `/readyz`. Broken plugins are listed, but do not make the assistant not
 * ready.
 */
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
        // `known` comes first for readability, and again last so that the plugin cannot override it
        return [name, { ...known, ...status, ...known, ...(problem && { problem: problem.message }) }]
      }),
    ),
  }
}
