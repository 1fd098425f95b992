import path from 'node:path'
import type { PluginPermissions } from '@pluggram/sdk'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { ConfigurationError } from './configuration-error.ts'
import { editJsonFile, inTurn } from './edit-json-file.ts'
import { DEFAULT_PLUGINS } from './decide-plugins.ts'
import { formatPath, quote } from './format-path.ts'
import { readJsonObjectFile } from './json-file.ts'
import { isForbiddenKey, valueAt } from './json-value.ts'
import { readPluginSwitches, switchesFile } from './plugin-switches.ts'
import { PLUGIN_NAME } from './settings-schema.ts'

/**
 * Switches a plugin on or off in `plugins_config.json`, preserving other keys, their order and the
 * indentation. The write is atomic. Edits by this process are serialised, but a concurrent write by
 * another process may win. A missing file is created with the plugins that are on by default.
 *
 * @throws {ConfigurationError} when the file is invalid (it is left alone), cannot be written, or
 * `name` is not a valid plugin name; when a plugin is switched on and config.json keeps it off.
 */
export async function setPluginSwitch(home: string, name: string, enabled: boolean): Promise<void> {
  await change(home, { key: 'enabled_plugins', name, value: enabled })
}

/**
 * Replaces a plugin's grants in `plugins_config.json`.
 * @throws {ConfigurationError} as `setPluginSwitch`
 */
export async function setPluginGrants(home: string, name: string, grants: PluginPermissions): Promise<void> {
  const value = Object.fromEntries(Object.entries(grants).filter(([, member]) => member !== undefined))
  await change(home, { key: 'grants', name, value })
}

interface Change {
  readonly key: 'enabled_plugins' | 'grants'
  readonly name: string
  readonly value: unknown
}

function change(home: string, wanted: Change): Promise<void> {
  const root = path.resolve(home)
  return inTurn(switchesFile(root), () => write(root, switchesFile(root), wanted))
}

async function write(home: string, file: string, { key, name, value }: Change): Promise<void> {
  if (!PLUGIN_NAME.test(name) || isForbiddenKey(name)) {
    throw new ConfigurationError([badName(file, name)], home)
  }
  const { source, switches, problems } = await readPluginSwitches(home)
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length > 0) throw new ConfigurationError(errors, home)
  if (key === 'enabled_plugins') {
    if (value === true) await refuseIfBlockSaysOff(home, name)
    if (switches.get(name) === value) return
  }
  // the first change must not switch the defaults off
  const before = source.text === undefined ? { ...source, text: defaultSwitches() } : source
  await editJsonFile(home, { file, source: before, at: [key, name], value })
}

function defaultSwitches(): string {
  const enabled = Object.fromEntries(DEFAULT_PLUGINS.map((name) => [name, true]))
  return `${JSON.stringify({ enabled_plugins: enabled }, null, 2)}\n`
}

/** The switch alone would not start the plugin: a plugin is off when either file says so. */
async function refuseIfBlockSaysOff(home: string, name: string): Promise<void> {
  const { document } = await readJsonObjectFile(path.join(home, 'config.json'))
  const at = ['plugins', name, 'enabled']
  if (document === undefined || valueAt(document.value, at) !== false) return
  const problem = createProblem({
    at: document.locateKey(at),
    path: formatPath(at),
    message: `this line keeps ${name} off`,
    fix: 'remove it, or write true',
    plugin: name,
  })
  throw new ConfigurationError([problem], home)
}

function badName(file: string, name: string): ConfigProblem {
  return createProblem({
    at: { file, line: 0, column: 0 },
    path: 'enabled_plugins',
    expected: "a plugin's name: a lower-case letter, then letters, digits and _",
    got: quote(name),
    fix: "use the name of the plugin's file or folder",
  })
}
