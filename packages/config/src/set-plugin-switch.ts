import path from 'node:path'
import type { PluginPermissions } from '@pluggram/sdk'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { ConfigurationError } from './configuration-error.ts'
import { editJsonFile, inTurn } from './edit-json-file.ts'
import { quote } from './format-path.ts'
import { isForbiddenKey } from './json-value.ts'
import { readPluginSwitches, switchesFile } from './plugin-switches.ts'
import { PLUGIN_NAME } from './settings-schema.ts'

/**
 * Switches a plugin on or off in `plugins_config.json`, preserving other keys, their order and the
 * indentation. The write is atomic. Edits by this process are serialised, but a concurrent write by
 * another process may win.
 *
 * @throws {ConfigurationError} when the file is invalid (it is left alone), cannot be written, or
 * `name` is not a valid plugin name.
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
  if (key === 'enabled_plugins' && switches.get(name) === value) return

  await editJsonFile(home, { file, source, at: [key, name], value })
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
