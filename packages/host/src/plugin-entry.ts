import type { LocalText, PluginClass, PluginDefinition } from '@pluggram/sdk'
import { digestData, digestFiles, ownFiles } from './discover/content-digest.ts'
import { thrownMessage } from './error-location.ts'
import { levelOf } from './host-plan.ts'
import type { HostPlan } from './host-plan.ts'
import type { HostedPlugin } from './hosted-plugin.ts'
import type { PluginCandidate } from './discover/plugin-candidate.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { IsolationLevel, PluginState } from './plugin-state.ts'
import type { JsonSchema } from './json-types.ts'
import type { OwnersOrder } from './calls/routing-order.ts'

/** The host's record of one plugin, from before its start until after its end. */
export interface PluginEntry {
  readonly name: string
  readonly origin: PluginState['origin']
  readonly isolation: IsolationLevel
  /** Where it was found; a plugin that is part of the assistant has a definition instead. */
  readonly candidate?: PluginCandidate
  readonly definition?: PluginDefinition | PluginClass
  /** Changes when the plugin must be restarted: covers its files, limits and grants. */
  fingerprint: string
  /** Changes with its configuration block, which some plugins apply without a restart. */
  blockDigest: string
  state: 'off' | 'starting' | 'running' | 'failed' | 'stopped'
  problem?: PluginProblem
  /**
   * The schema that rejected the configuration, for a plugin that was left out because of that.
   */
  configSchema?: JsonSchema | undefined
  /** `startOf` the version whose start failed slowly and so delayed other changes. */
  slowFailure?: string | undefined
  warnings: readonly PluginProblem[]
  plugin?: HostedPlugin
  /** From an earlier run. */
  title?: LocalText | undefined
}

/** An entry for a discovered plugin; `candidate` has real paths. */
function discoveredEntry(
  candidate: PluginCandidate,
  isolation: IsolationLevel,
  isEnabled: boolean,
): PluginEntry {
  return {
    name: candidate.name,
    origin: candidate.origin,
    isolation,
    candidate,
    fingerprint: '',
    blockDigest: '',
    state: isEnabled ? 'starting' : 'off',
    warnings: [],
  }
}

/** An entry for a plugin whose name the assistant itself uses; it is not started. */
function takenEntry(candidate: PluginCandidate, isolation: IsolationLevel): PluginEntry {
  const { name, entry } = candidate
  return {
    ...discoveredEntry(candidate, isolation, false),
    state: 'failed',
    problem: {
      plugin: name,
      severity: 'error',
      code: 'plugin-duplicate',
      message: `Plugin ${name}: the assistant itself uses that name. Rename ${entry}.`,
      file: entry,
    },
  }
}

/** An entry for a plugin that is part of the assistant. */
function builtInEntry(name: string, definition: PluginDefinition | PluginClass): PluginEntry {
  return {
    name,
    origin: 'built-in',
    isolation: 'inline',
    definition,
    fingerprint: '',
    blockDigest: '',
    state: 'starting',
    warnings: [],
  }
}

/** Lists all built-in plugins and those of a plan, in the owner's order. */
export function listEntries(
  plan: HostPlan,
  builtIn: readonly { readonly name: string; readonly definition: PluginDefinition | PluginClass }[],
  order: OwnersOrder,
): readonly PluginEntry[] {
  const own = builtIn.map(({ name, definition }) => builtInEntry(name, definition))
  const discovered = plan.candidates.map((candidate) => {
    const level = levelOf(plan, candidate)
    return order.isBuiltIn(candidate.name)
      ? takenEntry(candidate, level)
      : discoveredEntry(candidate, level, plan.isEnabled(candidate.name))
  })
  return [...own, ...discovered].toSorted((a, b) => order.compare(a.name, b.name))
}

export function toState(entry: PluginEntry): PluginState {
  const { name, origin, isolation, candidate, plugin } = entry
  const condition = entry.state === 'running' ? plugin?.condition() : undefined
  const problem = condition?.problem ?? entry.problem
  const version = plugin?.descriptor.version
  const title = plugin?.descriptor.title ?? entry.title ?? candidate?.title
  const configSchema = plugin?.descriptor.configSchema ?? entry.configSchema
  return {
    name,
    origin,
    isolation,
    state: condition?.state ?? entry.state,
    crashes: condition?.crashes ?? 0,
    effects: plugin?.effects() ?? [],
    ...(candidate && { file: candidate.entry }),
    ...(problem !== undefined && { problem }),
    ...(version !== undefined && { version }),
    ...(title !== undefined && { title }),
    ...(configSchema && { configSchema }),
  }
}

/** Entries with the same key are versions of one plugin. */
export function keyOf(entry: PluginEntry): string {
  return `${entry.origin === 'built-in' ? 'built-in' : 'found'}/${entry.name}`
}

/**
 * A fingerprint of everything that affects a plugin's start; empty when that could not be read.
 */
export function startOf({ fingerprint, blockDigest }: PluginEntry): string {
  return fingerprint === '' ? '' : `${fingerprint}/${blockDigest}`
}

/** What stays known of a plugin that does not run. */
export function inherit(entry: PluginEntry, before: PluginEntry | undefined, title?: LocalText): void {
  entry.configSchema = before?.configSchema
  entry.title = before?.plugin?.descriptor.title ?? before?.title ?? title
}

/** Keeps the old version running; the next change triggers another try. */
export function goOn(entry: PluginEntry, before: PluginEntry): void {
  if (!before.plugin) return
  entry.plugin = before.plugin
  entry.fingerprint = before.fingerprint
  entry.blockDigest = before.blockDigest
  entry.state = 'running'
}

/** Whether the plugin should be started. */
export function isOn(entry: PluginEntry): boolean {
  return entry.state === 'starting'
}

/** The entry for the registry; empty while the plugin does not run. */
export function routable(entry: PluginEntry): { runnable: HostedPlugin; isBuiltIn: boolean }[] {
  return entry.plugin ? [{ runnable: entry.plugin, isBuiltIn: entry.origin === 'built-in' }] : []
}

/** The problem for a failed start. */
export function startProblem({ name, candidate }: PluginEntry, error: unknown): PluginProblem {
  return {
    plugin: name,
    severity: 'error',
    code: 'plugin-start-failed',
    message: `Plugin ${name} did not start: ${thrownMessage(error)}.`,
    ...(candidate && { file: candidate.entry }),
  }
}

/**
 * Computes the fingerprints. An unreadable file is ignored here, since the start fails on it and
 * reports it.
 */
export async function fingerprintEntry(entry: PluginEntry, plan: HostPlan): Promise<void> {
  const { candidate, name, isolation } = entry
  if (!candidate || entry.state !== 'starting') return
  try {
    entry.blockDigest = digestData(plan.configFor(name, undefined).block)
    const settings = [isolation, plan.limitsFor?.(name), plan.grantsFor?.(name)]
    entry.fingerprint = digestData([candidate.entry, settings, await digestFiles(await ownFiles(candidate))])
  } catch {
    entry.fingerprint = ''
  }
}
