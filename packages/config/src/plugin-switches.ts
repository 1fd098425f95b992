import path from 'node:path'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { findClosest } from './did-you-mean.ts'
import { formatPath, quote } from './format-path.ts'
import { readJsonObjectFile, type JsonObjectFile } from './json-file.ts'
import { isJsonObject } from './json-value.ts'
import { looksSecret } from './secrets.ts'

export const SWITCHES_FILE = 'plugins_config.json'
const SWITCHES_KEY = 'enabled_plugins'
const MOST_PROBLEMS = 100

/** `plugins_config.json`: which plugins are on. */
export interface PluginSwitches {
  readonly source: JsonObjectFile
  /** In the file's order. */
  readonly switches: ReadonlyMap<string, boolean>
  readonly problems: readonly ConfigProblem[]
}

export function switchesFile(home: string): string {
  return path.join(home, SWITCHES_FILE)
}

/** Reads `{ "enabled_plugins": { name: boolean } }`. A missing file switches nothing. */
export async function readPluginSwitches(home: string): Promise<PluginSwitches> {
  const source = await readJsonObjectFile(switchesFile(home))
  const { document, value } = source
  const switches = new Map<string, boolean>()
  if (document === undefined) return { source, switches, problems: source.problems }

  const problems: ConfigProblem[] = []
  for (const key of document.keysAt([])) {
    if (key !== SWITCHES_KEY) problems.push(unknownKey(document.locateKey([key]), key))
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
  return { source, switches, problems: problems.slice(0, MOST_PROBLEMS) }
}

function unknownKey(at: { file: string; line: number; column: number }, key: string): ConfigProblem {
  return createProblem({
    at,
    path: formatPath([key]),
    severity: 'warning',
    expected: `only the key ${quote(SWITCHES_KEY)}`,
    got: 'another one; it is ignored',
    fix:
      findClosest(key, [SWITCHES_KEY]) === undefined ? 'remove it' : `did you mean ${quote(SWITCHES_KEY)}?`,
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
