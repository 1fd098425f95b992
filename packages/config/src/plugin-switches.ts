import path from 'node:path'
import { findClosest, looksSecret } from '@pluggram/base'
import type { PluginPermissions } from '@pluggram/sdk'
import { permissionShape } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { formatPath, quote } from './format-path.ts'
import { readJsonObjectFile, type JsonObjectFile } from './json-file.ts'
import { isJsonObject, type JsonObject } from './json-value.ts'

export const SWITCHES_FILE = 'plugins_config.json'
const SWITCHES_KEY = 'enabled_plugins'
const GRANTS_KEY = 'grants'
const MOST_PROBLEMS = 100

/** `plugins_config.json`: which plugins are on. */
export interface PluginSwitches {
  readonly source: JsonObjectFile
  /** The switches, in the file's order. */
  readonly switches: ReadonlyMap<string, boolean>
  /** The permissions granted to each plugin. */
  readonly grants: ReadonlyMap<string, PluginPermissions>
  readonly problems: readonly ConfigProblem[]
}

export function switchesFile(home: string): string {
  return path.join(home, SWITCHES_FILE)
}

/** Reads `{ "enabled_plugins": { name: boolean } }`. A missing file contains no switches. */
export async function readPluginSwitches(home: string): Promise<PluginSwitches> {
  const source = await readJsonObjectFile(switchesFile(home))
  const { document, value } = source
  const switches = new Map<string, boolean>()
  const grants = new Map<string, PluginPermissions>()
  if (document === undefined) return { source, switches, grants, problems: source.problems }

  const problems: ConfigProblem[] = []
  for (const key of document.keysAt([])) {
    if (key !== SWITCHES_KEY && key !== GRANTS_KEY)
      problems.push(unknownKey(document.locateKey([key]), key, value))
  }
  const block = value[SWITCHES_KEY]
  if (block !== undefined && !isJsonObject(block)) {
    problems.push(
      createProblem({
        at: document.locateValue([SWITCHES_KEY]),
        path: SWITCHES_KEY,
        expected: 'an object of plugin names with true or false',
        got: describeValue(block, true),
        fix: 'write { "enabled_plugins": { "my_plugin": true } }',
      }),
    )
  } else if (block !== undefined) {
    for (const name of document.keysAt([SWITCHES_KEY])) {
      const isOn = block[name]
      if (typeof isOn === 'boolean') switches.set(name, isOn)
      else problems.push(notASwitch(document.locateValue([SWITCHES_KEY, name]), name, isOn))
    }
  }
  const granted = value[GRANTS_KEY]
  for (const name of isJsonObject(granted) ? document.keysAt([GRANTS_KEY]) : []) {
    const parsed = grantSchema.safeParse(isJsonObject(granted) ? granted[name] : undefined)
    if (parsed.success) grants.set(name, parsed.data as PluginPermissions)
    else problems.push(notAGrant(document.locateValue([GRANTS_KEY, name]), name))
  }
  if (granted !== undefined && !isJsonObject(granted)) {
    problems.push(notAGrant(document.locateValue([GRANTS_KEY])))
  }
  return { source, switches, grants, problems: problems.slice(0, MOST_PROBLEMS) }
}

const grantSchema = z.strictObject(permissionShape)

/** An invalid grant grants nothing. Its plugin is then not started, and the reason is reported. */
function notAGrant(at: { file: string; line: number; column: number }, name?: string): ConfigProblem {
  return createProblem({
    at,
    path: formatPath(name === undefined ? [GRANTS_KEY] : [GRANTS_KEY, name]),
    severity: 'warning',
    expected: 'what a plugin may use, such as { "network": ["api.example.com"], "ai": true }',
    got: 'something else; it grants nothing',
    fix: 'run "pluggram plugins grant NAME --yes", which writes it',
  })
}

function unknownKey(
  at: { file: string; line: number; column: number },
  key: string,
  value: JsonObject,
): ConfigProblem {
  const closest = findClosest(key, [SWITCHES_KEY, GRANTS_KEY])
  return createProblem({
    at,
    path: formatPath([key]),
    severity: 'warning',
    expected: `only the keys ${quote(SWITCHES_KEY)} and ${quote(GRANTS_KEY)}`,
    got: 'another one; it is ignored',
    fix: closest === undefined ? 'remove it' : `did you mean ${quote(closest)}?`,
    correction:
      closest === undefined || value[closest] !== undefined
        ? undefined
        : { kind: 'rename-key', at: [key], to: closest },
  })
}

function notASwitch(
  at: { file: string; line: number; column: number },
  name: string,
  got: unknown,
): ConfigProblem {
  return createProblem({
    at,
    path: formatPath([SWITCHES_KEY, name]),
    expected: 'true or false',
    got: describeValue(got, looksSecret(name)),
    fix: 'write true to switch the plugin on, false to switch it off',
  })
}
