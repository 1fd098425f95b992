import { looksSecret } from '@pluggram/base'
import { weakProblem } from './check-secrets.ts'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { isReservedVariable } from './environment-settings.ts'
import { isForbiddenKey, pathKey, type JsonObject } from './json-value.ts'
import {
  createLoadedConfiguration,
  type LoadedConfiguration,
  type ValueLocation,
} from './loaded-configuration.ts'
import { reportMistypedVariables } from './mistyped-variables.ts'
import { addSecret, addUrlSecrets, sortSecrets } from './secrets.ts'

const VARIABLE = /^[A-Z][A-Z0-9_]*$/

/** The variable that sets a plugin's key: `MY_PLUGIN_API_KEY` for `api_key` of `my_plugin`. */
export function pluginVariableName(plugin: string, key: string): string {
  return `${plugin}_${key}`.toUpperCase()
}

/**
 * Merges variables such as `MY_PLUGIN_API_KEY` into the blocks of existing plugins. The longest
 * matching plugin name wins (`my_plugin` before `my`). The assistant's own variables, such as
 * `TELEGRAM_…` and `OPENAI_…`, never reach a plugin. Values are text here; `pluginBlock(name,
 * jsonSchema)` converts them.
 */
export function applyPluginEnvironment(
  loaded: LoadedConfiguration,
  pluginNames: Iterable<string>,
): LoadedConfiguration {
  const prefixes = [...new Set(pluginNames)]
    .map((name) => ({ name, prefix: `${name.toUpperCase()}_` }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
  const blocks: Record<string, JsonObject> = Object.assign(Object.create(null), loaded.plugins.blocks)
  const locations = new Map<string, ValueLocation>()
  const secrets = new Set(loaded.secrets)
  const problems: ConfigProblem[] = []

  for (const [variable, value] of Object.entries(loaded.environment)) {
    if (!VARIABLE.test(variable) || isReservedVariable(variable)) continue
    const owner = prefixes.find(
      ({ prefix }) => variable.startsWith(prefix) && variable.length > prefix.length,
    )
    const location = loaded.locateVariable(variable)
    if (owner === undefined || location === undefined) continue
    const key = variable.slice(owner.prefix.length).toLowerCase()
    if (isForbiddenKey(key)) {
      problems.push(refusedKey(variable, location, owner.name))
      continue
    }
    blocks[owner.name] = Object.freeze({ ...blocks[owner.name], [key]: value })
    locations.set(pathKey(['plugins', owner.name, key]), location)
    if (looksSecret(key)) {
      addSecret(value, secrets)
      const about = { at: location, name: variable, value, where: variable, plugin: owner.name }
      problems.push(...weakProblem({ ...about, isHard: true }))
    }
    addUrlSecrets(value, secrets)
  }

  const isUsed = (name: string): boolean =>
    loaded.isReferenced(name) || prefixes.some(({ prefix }) => name.startsWith(prefix))
  return createLoadedConfiguration({
    ...loaded,
    plugins: { ...loaded.plugins, blocks: Object.freeze(blocks) },
    problems: Object.freeze([...loaded.problems, ...problems, ...reportMistypedVariables(loaded, isUsed)]),
    secrets: sortSecrets(secrets),
    locate: (path) => locations.get(pathKey(path)) ?? loaded.locate(path),
    isFromEnvironment: (path) => locations.has(pathKey(path)) || loaded.isFromEnvironment(path),
  })
}

function refusedKey(variable: string, location: ValueLocation, plugin: string): ConfigProblem {
  return createProblem({
    at: location,
    path: variable,
    severity: 'warning',
    expected: `a variable for a key of the plugin ${plugin}`,
    got: 'the name of an internal of JavaScript; it is ignored',
    fix: 'rename or unset it',
  })
}
