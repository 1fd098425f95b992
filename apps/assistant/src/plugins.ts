import { join } from 'node:path'
import { describePluginIssues, formatProblem, reportUnknownKeys } from '@pluggram/config'
import type { ConfigProblem, LoadedConfiguration } from '@pluggram/config'
import { createPluginHost, formatProblem as formatPluginProblem } from '@pluggram/host'
import type {
  HostPlan,
  IsolationLevel,
  PluginCandidate,
  PluginHost,
  PluginHostOptions,
  PluginProblem,
  PluginState,
  ProcessLimits,
} from '@pluggram/host'
import { APPROVALS_PLUGIN } from '@pluggram/ai'
import type { PluginDefinition } from '@pluggram/sdk'
import type { ComponentHealth } from '@pluggram/observability'
import { findPlugins } from './read-home.ts'
import { DEFAULT_PLUGIN } from './shipped-plugins.ts'
import { SYSTEM_PLUGIN_NAME } from './system-plugin.ts'
import type { PluginStatusLine } from './system-plugin.ts'

export interface PluginsOptions extends PlanOptions {
  readonly systemPlugin: PluginDefinition
  /** Behind the buttons of calls that wait for approval. */
  readonly approvalsPlugin: PluginDefinition
  readonly servicesFor: PluginHostOptions['servicesFor']
  readonly chatBlock: NonNullable<PluginHostOptions['chatBlock']>
  readonly logger: PluginHostOptions['logger']
  /** Told about a plugin's problem as soon as it is known. */
  onProblem(problem: PluginProblem): void
}

export interface Plugins {
  readonly host: PluginHost
  readonly plan: HostPlan
  /** The configuration with the variables of the plugins that were found. */
  readonly configuration: LoadedConfiguration
  /** What was wrong before any plugin started, each a line for the owner. */
  readonly problems: readonly string[]
  /** Plugins that are switched on and not even tried. */
  readonly leftOut: readonly PluginProblem[]
  /** Of all plugins that are there, on or off. */
  names(): ReadonlySet<string>
}

/** Finds the plugins of a home and prepares their host; nothing is started yet. */
export async function preparePlugins(loaded: LoadedConfiguration, options: PluginsOptions): Promise<Plugins> {
  const { plan, configuration, problems, leftOut } = await planPlugins(loaded, options)
  const host = createPluginHost({
    ...plan,
    servicesFor: options.servicesFor,
    chatBlock: options.chatBlock,
    assistantName: configuration.settings.assistant.name,
    builtIn: [
      { name: SYSTEM_PLUGIN_NAME, definition: options.systemPlugin },
      { name: APPROVALS_PLUGIN, definition: options.approvalsPlugin },
    ],
    dataFolder: join(loaded.home, 'data'),
    logger: options.logger,
    onProblem: options.onProblem,
  })
  return {
    host,
    plan,
    configuration,
    problems,
    leftOut,
    names: () => new Set(host.states().map(({ name }) => name)),
  }
}

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
export function unknownKeys(configuration: LoadedConfiguration, { registry }: PluginHost): readonly string[] {
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

/** Whether a plugin runs inside the assistant, with all its rights. */
export function isInline(host: PluginHost, name: string): boolean {
  return host.states().some((state) => state.name === name && state.isolation === 'inline')
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
