import type { PluginClass, PluginDefinition } from '@pluggram/sdk'
import { loadPlugin } from './load-plugin.ts'
import type { LoadedPlugin } from './load-plugin.ts'
import type { ModuleHooks } from './module-hooks.ts'
import type { PluginCandidate } from './plugin-candidate.ts'
import { toPlugin } from './plugin-module.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { PluginState } from './plugin-state.ts'
import type { RunningPlugin } from './running-plugin.ts'

/** What the host keeps about one plugin, from before its start to after its end. */
export interface PluginEntry {
  readonly name: string
  readonly origin: PluginState['origin']
  readonly file?: string
  /** Where the plugin's own files are, links resolved. */
  readonly directory?: string
  load(hooks: ModuleHooks, within: <T>(work: Promise<T>) => Promise<T>): Promise<LoadedPlugin>
  state: PluginState['state']
  problem?: PluginProblem
  warnings: readonly PluginProblem[]
  plugin?: RunningPlugin
}

/** An entry for something that was discovered; `candidate` has real paths. */
export function discoveredEntry(candidate: PluginCandidate, isEnabled: boolean): PluginEntry {
  const { name, origin, entry, directory } = candidate
  return {
    name,
    origin,
    file: entry,
    directory,
    load: (hooks, within) => loadPlugin(candidate, hooks, within),
    state: isEnabled ? 'starting' : 'off',
    warnings: [],
  }
}

/** An entry for a plugin whose name the assistant needs for itself; it is not started. */
export function takenEntry(candidate: PluginCandidate): PluginEntry {
  const { name, entry } = candidate
  return {
    ...discoveredEntry(candidate, false),
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
    load: async () => ({ module: toPlugin(definition), packageManifest: {} }),
    state: 'starting',
    warnings: [],
  }
}

/** What others may see of an entry. */
export function toState(entry: PluginEntry): PluginState {
  const { name, origin, file, state, problem, plugin } = entry
  const version = plugin?.descriptor.version
  return {
    name,
    origin,
    state,
    effects: plugin?.effects() ?? [],
    ...(file !== undefined && { file }),
    ...(problem !== undefined && { problem }),
    ...(version !== undefined && { version }),
  }
}
