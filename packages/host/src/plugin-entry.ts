import type { PluginClass, PluginDefinition } from '@pluggram/sdk'
import type { HostedPlugin } from './hosted-plugin.ts'
import type { PluginCandidate } from './plugin-candidate.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { IsolationLevel, PluginState } from './plugin-state.ts'

/** What the host keeps about one plugin, from before its start to after its end. */
export interface PluginEntry {
  readonly name: string
  readonly origin: PluginState['origin']
  readonly isolation: IsolationLevel
  /** Where it was found; a plugin that is part of the assistant has a definition instead. */
  readonly candidate?: PluginCandidate
  readonly definition?: PluginDefinition | PluginClass
  /** Changes when the plugin has to be started anew: its files, configuration, limits, grants. */
  fingerprint: string
  state: 'off' | 'starting' | 'running' | 'failed' | 'stopped'
  problem?: PluginProblem
  warnings: readonly PluginProblem[]
  plugin?: HostedPlugin
}

/** An entry for something that was discovered; `candidate` has real paths. */
export function discoveredEntry(
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
    state: isEnabled ? 'starting' : 'off',
    warnings: [],
  }
}

/** An entry for a plugin whose name the assistant needs for itself; it is not started. */
export function takenEntry(candidate: PluginCandidate, isolation: IsolationLevel): PluginEntry {
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
export function builtInEntry(name: string, definition: PluginDefinition | PluginClass): PluginEntry {
  return {
    name,
    origin: 'built-in',
    isolation: 'inline',
    definition,
    fingerprint: '',
    state: 'starting',
    warnings: [],
  }
}

/** What others may see of an entry. */
export function toState(entry: PluginEntry): PluginState {
  const { name, origin, isolation, candidate, plugin } = entry
  const condition = entry.state === 'running' ? plugin?.condition() : undefined
  const problem = condition?.problem ?? entry.problem
  const version = plugin?.descriptor.version
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
  }
}
