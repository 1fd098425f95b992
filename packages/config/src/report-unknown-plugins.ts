import { createProblem, type ConfigProblem } from './config-problem.ts'
import { findClosest } from '@pluggram/base'
import { formatPath, quote } from './format-path.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'

const MOST_PROBLEMS = 100

/**
 * Warns about blocks in `config.json` and switches in `plugins_config.json` of plugins that do not
 * exist.
 */
export function reportUnknownPlugins(
  loaded: LoadedConfiguration,
  knownNames: Iterable<string>,
): ConfigProblem[] {
  const known = new Set(knownNames)
  const blocks = Object.keys(loaded.plugins.blocks)
    .filter((name) => !known.has(name))
    .slice(0, MOST_PROBLEMS)
    .map((name) =>
      unknownPlugin(loaded.locate(['plugins', name]), ['plugins', name], known, (other) =>
        Object.hasOwn(loaded.plugins.blocks, other),
      ),
    )
  const switches = [...loaded.plugins.switches.keys()]
    .filter((name) => !known.has(name) && !Object.hasOwn(loaded.plugins.blocks, name))
    .slice(0, MOST_PROBLEMS)
    .map((name) =>
      unknownPlugin(loaded.locateSwitch(name), ['enabled_plugins', name], known, (other) =>
        loaded.plugins.switches.has(other),
      ),
    )
  return [...blocks, ...switches]
}

function unknownPlugin(
  at: { file: string; line: number; column: number },
  path: readonly string[],
  known: ReadonlySet<string>,
  isTaken: (name: string) => boolean,
): ConfigProblem {
  const name = String(path.at(-1))
  const suggestion = findClosest(name, known)
  return createProblem({
    at,
    path: formatPath(path),
    severity: 'warning',
    message: `there is no plugin ${quote(name)}`,
    fix:
      suggestion === undefined
        ? `add it to plugins/, or remove ${quote(name)}`
        : `did you mean ${quote(suggestion)}?`,
    plugin: name,
    correction:
      suggestion === undefined || isTaken(suggestion)
        ? undefined
        : { kind: 'rename-key', at: path, to: suggestion },
  })
}
