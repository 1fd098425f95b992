import { createProblem, type ConfigLocation, type ConfigProblem } from './config-problem.ts'
import { formatPath } from './format-path.ts'
import type { JsonObject } from './json-value.ts'
import type { JsonDocument } from './parse-json-document.ts'
import { SWITCHES_FILE, type PluginSwitches } from './plugin-switches.ts'

/** On in a home without plugins_config.json, in the order in which they are asked. */
export const DEFAULT_PLUGINS = ['admin', 'dice', 'reminders', 'translate', 'file_info', 'ai_chatbot'] as const

/** Which plugins are on, and which file says so. */
export interface PluginDecisions {
  /** In the order of plugins_config.json; then those that only config.json names. */
  readonly switches: ReadonlyMap<string, boolean>
  /** Where a file decided; a plugin that is missing here follows the defaults. */
  readonly decidedAt: ReadonlyMap<string, ConfigLocation>
  readonly problems: readonly ConfigProblem[]
}

/**
 * A plugin is on when a file switches it on and none switches it off. Both plugins_config.json and
 * `enabled` in a plugin's block of config.json count. Without plugins_config.json, `DEFAULT_PLUGINS`
 * are on.
 */
export function decidePlugins(
  { source, switches: written }: PluginSwitches,
  blocks: Readonly<Record<string, JsonObject>>,
  config: JsonDocument | undefined,
): PluginDecisions {
  const isMissing = source.document === undefined && source.problems.length === 0
  const switches = new Map(isMissing ? DEFAULT_PLUGINS.map((name) => [name, true]) : written)
  const decidedAt = new Map<string, ConfigLocation>()
  const problems: ConfigProblem[] = []
  for (const name of written.keys()) {
    const at = source.document?.locateKey(['enabled_plugins', name])
    if (at) decidedAt.set(name, at)
  }
  for (const [name, { enabled }] of Object.entries(blocks)) {
    if (typeof enabled !== 'boolean' || config === undefined) continue
    const at = config.locateKey(['plugins', name, 'enabled'])
    const other = written.get(name)
    switches.set(name, enabled && other !== false)
    if (other === undefined || (other && !enabled)) decidedAt.set(name, at)
    if (other !== undefined && other !== enabled) problems.push(disagreement(name, at, decidedAt, source))
  }
  return { switches, decidedAt, problems }
}

function disagreement(
  name: string,
  at: ConfigLocation,
  decidedAt: ReadonlyMap<string, ConfigLocation>,
  { document }: PluginSwitches['source'],
): ConfigProblem {
  const isOffHere = decidedAt.get(name) === at
  const line = document?.locateKey(['enabled_plugins', name]).line ?? 1
  return createProblem({
    at,
    path: formatPath(['plugins', name, 'enabled']),
    severity: 'warning',
    message: `${name} is off, because the files disagree: this line switches it ${isOffHere ? 'off' : 'on'}, ${SWITCHES_FILE}:${line} switches it ${isOffHere ? 'on' : 'off'}`,
    fix: 'change or remove one of the two',
    plugin: name,
  })
}
